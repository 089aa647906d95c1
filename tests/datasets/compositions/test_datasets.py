import json
import multiprocessing

import numpy as np
import pytest
from mmseg.registry import DATASETS
from PIL import Image

from mmseg_zeroshot.datasets import CompositionsDataset, ZeroShotDataset
from mmseg_zeroshot.datasets.compositions import files
from mmseg_zeroshot.semantics import CLASS_LISTS

from ..folders import LOAD, poison

SMALL = dict(num_train=6, num_val=3, image_size=32)
CONFIG = dict(type='CompositionsDataset', **SMALL)


def contents(root):
    return {p.relative_to(root).as_posix(): p.read_bytes()
            for p in sorted(root.rglob('*')) if p.is_file()}


@pytest.fixture
def root(tmp_path):
    CompositionsDataset(data_root=str(tmp_path / 'c'), **SMALL)
    return tmp_path / 'c'


def test_files_are_written_once_in_mmsegs_layout(root):
    before = contents(root)
    names = [f'{kind}/{part}/{i:05d}.png' for kind in ('ann_dir', 'img_dir')
             for part, count in (('train', 6), ('val', 3))
             for i in range(count)]
    assert sorted(before) == sorted([*names, 'compositions.json'])
    times = {p: p.stat().st_mtime_ns for p in root.rglob('*')}
    dataset = CompositionsDataset('val', data_root=str(root), **SMALL)
    assert len(dataset) == 3 and contents(root) == before
    assert times == {p: p.stat().st_mtime_ns for p in root.rglob('*')}
    assert [p.name for p in root.parent.iterdir()] == ['c'], 'no leftovers'


def test_same_arguments_same_bytes_and_more_images_keep_the_first(
        root, tmp_path):
    again, more, other = (tmp_path / name for name in 'abd')
    CompositionsDataset(data_root=str(again), **SMALL)
    assert contents(again) == contents(root)
    CompositionsDataset(data_root=str(more), **{**SMALL, 'num_train': 8})
    CompositionsDataset(data_root=str(other), seed=1, **SMALL)
    for name in ('img_dir/train/00005.png', 'ann_dir/val/00002.png'):
        assert contents(more)[name] == contents(root)[name]
        assert contents(other)[name] != contents(root)[name]


def test_mmsegs_loading_steps_read_it(root):
    dataset = ZeroShotDataset(
        dict(CONFIG, subset='train', data_root=str(root)),
        split='compositions-k8', mode='keep',
        pipeline=[*LOAD, dict(type='PackSegInputs')])
    assert dataset.metainfo['classes'] == CLASS_LISTS['compositions']
    assert len(dataset.metainfo['palette']) == 37
    for index in range(6):
        sample = dataset[index]
        image = np.array(Image.open(root / f'img_dir/train/{index:05d}.png'))
        labels = np.array(Image.open(root / f'ann_dir/train/{index:05d}.png'))
        loaded = sample['data_samples'].gt_sem_seg.data[0].numpy()
        assert (loaded == labels).all() and labels.max() > 0
        assert (sample['inputs'].numpy()[::-1].transpose(1, 2, 0)
                == image).all()


@pytest.mark.parametrize('mode, count', [('ignore', 24), ('drop', 11)])
def test_poisoned_labels_change_nothing(tmp_path, mode, count):
    root = tmp_path / 'c'
    inner = dict(CONFIG, data_root=str(root), num_train=24)

    def labels():
        dataset = ZeroShotDataset(inner, split='compositions-k8', mode=mode,
                                  pipeline=LOAD)
        return [dataset[i]['gt_seg_map'] for i in range(len(dataset))], \
            dataset.split.unseen_ids

    clean, unseen = labels()
    (root / 'ann').symlink_to(root / 'ann_dir/train')
    assert poison(root, unseen) > 1000
    poisoned, _ = labels()
    assert len(clean) == count
    assert all((a == b).all() for a, b in zip(clean, poisoned))
    assert not any(np.isin(a, unseen).any() for a in clean)


def test_another_stamp_is_named(root):
    for change, message in ((dict(seed=3), 'seed = 0, not 3'),
                            (dict(num_val=4), 'num_val = 3, not 4'),
                            (dict(image_size=48), 'image_size = 32')):
        with pytest.raises(ValueError, match=f'{message}.*delete'):
            CompositionsDataset(data_root=str(root), **{**SMALL, **change})


def test_an_older_version_is_not_read(root, monkeypatch):
    monkeypatch.setattr(files, 'VERSION', 99)
    with pytest.raises(ValueError, match='version = 1, not 99'):
        CompositionsDataset(data_root=str(root), **SMALL)


def test_other_class_names_are_not_read(root):
    stamp = json.loads((root / 'compositions.json').read_text())
    stamp['classes'][1] = 'solid pink disc'
    (root / 'compositions.json').write_text(json.dumps(stamp))
    with pytest.raises(ValueError, match='made with classes'):
        CompositionsDataset(data_root=str(root), **SMALL)


@pytest.mark.parametrize('broken', ['{"version": 1', '[1, 2]', ''])
def test_a_folder_without_a_readable_stamp_is_not_read(root, broken):
    (root / 'compositions.json').write_text(broken)
    before = contents(root)
    with pytest.raises(ValueError, match='no readable compositions.json'):
        CompositionsDataset(data_root=str(root), **SMALL)
    assert contents(root) == before, "someone's files are not deleted"


def test_a_folder_with_missing_files_is_not_read(root):
    (root / 'ann_dir/val/00001.png').unlink()
    with pytest.raises(ValueError, match='val holds 2 images instead of 3'):
        CompositionsDataset(data_root=str(root), **SMALL)


def test_an_interrupted_run_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(files, '_save', interrupt)
    with pytest.raises(KeyboardInterrupt):
        CompositionsDataset(data_root=str(tmp_path / 'c'), **SMALL)
    assert not list(tmp_path.iterdir())


def test_an_empty_folder_is_filled(tmp_path):
    assert len(CompositionsDataset(data_root=str(tmp_path), **SMALL)) == 6


def test_a_process_that_comes_second_uses_the_first_ones_files(
        tmp_path, monkeypatch):
    target, write = tmp_path / 'c', files._write

    def overtaken(folder, *how):
        write(folder, *how)
        if not target.exists():
            first = tmp_path / 'first'
            first.mkdir()
            write(first, *how)
            first.rename(target)
            (target / 'mark').touch()

    monkeypatch.setattr(files, '_write', overtaken)
    assert len(CompositionsDataset(data_root=str(target), **SMALL)) == 6
    assert (target / 'mark').exists()
    assert [p.name for p in tmp_path.iterdir()] == ['c']


def _build(root, queue):
    dataset = CompositionsDataset(data_root=root, **SMALL)
    queue.put(len(dataset))


@pytest.mark.slow
def test_several_processes_at_once(tmp_path):
    context = multiprocessing.get_context('spawn')
    queue = context.Queue()
    jobs = [context.Process(target=_build, args=(str(tmp_path / 'c'), queue))
            for _ in range(3)]
    for job in jobs:
        job.start()
    assert [queue.get(timeout=300) for _ in jobs] == [6, 6, 6]
    for job in jobs:
        job.join()
    assert [p.name for p in tmp_path.iterdir()] == ['c']


def test_lazy_init_draws_nothing(tmp_path):
    dataset = DATASETS.build(
        dict(CONFIG, data_root=str(tmp_path / 'c'), lazy_init=True))
    assert not list(tmp_path.iterdir())
    dataset.full_init()
    assert len(dataset) == 6


@pytest.mark.parametrize('wrong, message', [
    (dict(subset='test'), "subset must be one of .* got 'test'"),
    (dict(num_train=0), 'num_train must be a whole number from 1'),
    (dict(image_size=8), 'image_size must be a whole number from 16'),
    (dict(seed=-1), 'seed must be a whole number from 0'),
    (dict(num_val=2.5), 'num_val .* got 2.5'),
])
def test_arguments_are_checked(tmp_path, wrong, message):
    with pytest.raises(ValueError, match=message):
        CompositionsDataset(data_root=str(tmp_path / 'c'),
                            **{**SMALL, **wrong})


def test_a_misspelt_argument_is_an_error(tmp_path):
    with pytest.raises(TypeError, match='num_trian'):
        CompositionsDataset(data_root=str(tmp_path), num_trian=3)
