import io
import pickle

import numpy as np
import pytest
import torch
from mmseg.registry import DATASETS
from PIL import Image

from mmseg_zeroshot.datasets import ZeroShotDataset
from mmseg_zeroshot.semantics import ClassSplit, build_split

from ..utils.test_json_values import types_of
from .folders import (
    CLASSES,
    IGNORED,
    LOAD,
    SPLIT,
    UNSEEN,
    blocks,
    config,
    poison,
    write,
)

# Which of these hold an unseen id: 0, 2 and 4.
IDS = [range(6), (0, 1, 2), (0, 3), (1, 5), (4, ), (2, )]
TRAIN = [*LOAD,
         dict(type='RandomResize', scale=(40, 40), ratio_range=(0.8, 1.5),
              keep_ratio=True),
         dict(type='RandomCrop', crop_size=(16, 16), cat_max_ratio=0.6),
         dict(type='RandomFlip', prob=0.5),
         dict(type='PhotoMetricDistortion'),
         dict(type='PackSegInputs')]


@pytest.fixture
def root(tmp_path):
    return write(tmp_path, [blocks(i, ids) for i, ids in enumerate(IDS)])


def build(inner, mode='ignore', pipeline=LOAD, split=SPLIT, **more):
    return ZeroShotDataset(inner, split=split, mode=mode, pipeline=pipeline,
                           **more)


def label_ids(dataset):
    maps = [dataset[i]['gt_seg_map'] for i in range(len(dataset))]
    return [set(np.unique(m).tolist()) for m in maps]


def samples(dataset, seed=0):
    """Images and labels of two epochs from one seed."""
    np.random.seed(seed)
    torch.manual_seed(seed)
    import random
    random.seed(seed)
    items = [dataset[i] for _ in range(2) for i in range(len(dataset))]
    return [(item['inputs'], item['data_samples'].gt_sem_seg.data)
            for item in items]


def test_ignore_keeps_every_image_and_hides_pixels(root):
    dataset = build(config(root), 'ignore')
    assert len(dataset) == 6
    for i, ids in enumerate(IDS):
        plain = blocks(i, ids)
        expected = np.where(np.isin(plain, UNSEEN + IGNORED), 255, plain)
        assert (dataset[i]['gt_seg_map'] == expected).all()
    assert label_ids(dataset)[4] == {255}, 'SPNet keeps such an image'


def test_drop_leaves_out_images_with_an_unseen_pixel(root):
    dataset = build(config(root), 'drop')
    names = [dataset.get_data_info(i)['img_path'][-6:] for i in range(3)]
    assert len(dataset) == 3 and names == ['a1.png', 'a3.png', 'a5.png']
    assert label_ids(dataset)[1] <= {1, 255}, 'ignored classes are hidden'
    assert dataset.get_data_info(-1)['img_path'].endswith('a5.png')
    assert [dataset.get_data_info(i)['sample_idx'] for i in (0, 2, -1)
            ] == [0, 2, 2]
    with pytest.raises(IndexError, match='index 3'):
        dataset[3]


def test_one_unseen_pixel_is_enough_to_drop(tmp_path):
    masks = [np.zeros((30, 20), np.uint8) for _ in range(2)]
    masks[1][29, 19] = 4
    dataset = build(config(write(tmp_path, masks)), 'drop')
    assert len(dataset) == 1


def test_keep_hides_ignored_classes_only(root):
    dataset = build(config(root), 'keep', test_mode=True)
    assert len(dataset) == 6
    assert (dataset[2]['gt_seg_map'] == blocks(2, IDS[2])).all()
    assert label_ids(dataset)[3] == {1, 255}


@pytest.mark.parametrize('mode', ['ignore', 'drop'])
def test_poisoned_labels_leave_samples_bit_identical(root, mode):
    clean = samples(build(config(root), mode, TRAIN))
    assert poison(root) > 500
    poisoned = samples(build(config(root), mode, TRAIN))
    assert len(clean) == len(poisoned) > 0
    for (image, label), (image2, label2) in zip(clean, poisoned):
        assert torch.equal(image, image2) and torch.equal(label, label2)


def test_the_poison_test_would_catch_a_leak(root):
    clean = samples(build(config(root), 'keep', TRAIN))
    poison(root)
    poisoned = samples(build(config(root), 'keep', TRAIN))
    assert any(not torch.equal(a[1], b[1]) for a, b in zip(clean, poisoned))


def test_a_crop_is_not_chosen_by_hidden_labels(tmp_path):
    """cat_max_ratio counts labels: two unseen ones would pass as mixed."""
    mask = np.full((64, 64), 3, np.uint8)
    mask[:, 1::2] = 4
    mask[:4] = 0
    root = write(tmp_path, [mask])
    pipeline = [*LOAD, dict(type='RandomCrop', crop_size=(16, 16),
                            cat_max_ratio=0.75)]
    dataset = build(config(root), 'ignore', pipeline)
    np.random.seed(0)
    first = dataset[0]['img']
    mask[:, 1::2] = 3
    Image.fromarray(mask).save(root / 'ann/a0.png')
    np.random.seed(0)
    assert (dataset[0]['img'] == first).all()


def test_concatenated_and_repeated_data_sets(root, tmp_path):
    other = write(tmp_path / 'b', [blocks(9, (0, 1)), blocks(8, (3, ))], 'b')
    both = dict(type='ConcatDataset', datasets=[config(root), config(other)])
    dataset = build(both, 'drop')
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    assert [i['img_path'][-6:-4] for i in infos] == ['a1', 'a3', 'a5', 'b0']
    assert [i['sample_idx'] for i in infos] == [0, 1, 2, 3]
    assert label_ids(dataset)[3] <= {0, 1, 255}
    twice = build(dict(type='RepeatDataset', times=2, dataset=config(other)))
    assert len(twice) == 4
    assert (twice[2]['gt_seg_map'] == twice[0]['gt_seg_map']).all()


def test_a_built_data_set_is_wrapped_as_it_is(root):
    inner = DATASETS.build(config(root))
    assert build(inner).dataset is inner
    with pytest.raises(TypeError, match='got list'):
        build([config(root)])


def test_hidden_ids_are_those_after_reduce_zero_label(tmp_path):
    mask = np.array([[0, 1, 2, 3], [4, 5, 6, 255]]).repeat(4, 0)
    inner = config(write(tmp_path, [mask]), reduce_zero_label=True)
    hidden = build(inner)[0]['gt_seg_map']
    assert hidden[0].tolist() == [255, 0, 1, 2]
    assert hidden[-1].tolist() == [255, 255, 255, 255]
    kept = build(inner, 'keep')[0]['gt_seg_map']
    assert kept[-1].tolist() == [3, 4, 255, 255]


def test_hidden_ids_are_those_after_the_inner_label_map(tmp_path):
    mask = np.arange(21, dtype=np.uint8)[None].repeat(3, 0)
    root = write(tmp_path, [mask])
    (root / 'list.txt').write_text('a0')
    classes = ['dog', 'background', 'cat', 'horse']
    inner = config(
        root, type='PascalVOCDataset', ann_file='list.txt',
        metainfo=dict(classes=classes))
    split = dict(classes=classes, unseen=['horse'])
    labels = build(inner, split=split)[0]['gt_seg_map'][0]
    # In VOC's order: background 0, cat 8, dog 12, horse 13 (hidden).
    assert np.flatnonzero(labels != 255).tolist() == [0, 8, 12]
    assert labels[[0, 8, 12]].tolist() == [1, 2, 0]
    with pytest.raises(ValueError, match="class id 0 is 'dog'"):
        build(inner, split=dict(classes=classes[::-1], unseen=['horse']))


def test_metainfo_is_plain_and_holds_the_split(root):
    dataset = build(config(root), 'drop')
    meta = dataset.metainfo
    assert meta['classes'] == CLASSES and len(meta['palette']) == 6
    assert meta['split'] == build_split(SPLIT).to_dict()
    assert ClassSplit.from_dict(meta['split']) == dataset.split
    assert meta['split_mode'] == 'drop'
    assert types_of(meta) <= {dict, list, tuple, str, int, float, bool,
                              type(None)}
    file = io.BytesIO()
    torch.save(dict(dataset_meta=meta), file)
    file.seek(0)
    loaded = torch.load(file, weights_only=True)
    assert loaded['dataset_meta'] == meta
    meta['split']['unseen'].clear()
    assert dataset.metainfo['split']['unseen'] == ['cow', 'horse']


def test_it_can_be_sent_to_a_worker(root):
    dataset = build(config(root), 'drop', TRAIN)
    copied = pickle.loads(pickle.dumps(dataset))
    assert len(copied) == 3 and copied.metainfo == dataset.metainfo


def test_supervised_split_hides_ignored_classes_only(root):
    split = ClassSplit.supervised(CLASSES, ignored= ['sheep'])
    dataset = build(config(root), 'drop', split=split)
    assert len(dataset) == 6 and label_ids(dataset)[4] >= {4}


class Picky:
    """A transform that refuses the first images that it gets."""

    def __init__(self, times):
        self.times = times

    def __call__(self, results):
        self.times -= 1
        return results if self.times < 0 else None


def test_a_refused_image_is_replaced_in_training(root):
    dataset = build(config(root), pipeline=[*LOAD, Picky(3)])
    np.random.seed(0)
    draws = [np.random.randint(6) for _ in range(3)]
    np.random.seed(0)
    assert dataset[0]['sample_idx'] == draws[-1]
    never = build(config(root), pipeline=[*LOAD, Picky(9)], max_refetch=4)
    with pytest.raises(RuntimeError, match='4 images in a row'):
        never[0]
    test = build(config(root), pipeline=[*LOAD, Picky(1)], test_mode=True)
    with pytest.raises(RuntimeError, match='None for image 2'):
        test[2]


def test_lazy_init_reads_no_file_list(root):
    lazy = build(config(root, data_root=str(root / 'later')), lazy_init=True)
    assert lazy.metainfo['classes'] == CLASSES
    with pytest.raises(FileNotFoundError):
        lazy.full_init()
    assert len(build(config(root), 'drop', lazy_init=True)) == 3


def test_drop_reports_how_many(root, monkeypatch):
    lines = []
    monkeypatch.setattr('mmseg_zeroshot.datasets.modes.print_log',
                        lambda text, logger: lines.append(text))
    build(config(root), 'drop')
    assert lines == ['ZeroShotDataset: 3 of 6 images hold an unseen class '
                     'and are left out']


def test_nothing_left_is_an_error(tmp_path):
    root = write(tmp_path, [blocks(1, (3, ))])
    with pytest.raises(ValueError, match="no image is left of 1.*'ignore'"):
        build(config(root), 'drop')
    for folder in ('img', 'ann'):
        (root / folder / 'a0.png').unlink()
    with pytest.raises(ValueError):
        build(config(root), 'ignore')


def test_arguments_are_checked(root):
    with pytest.raises(ValueError, match="got 'hide'"):
        build(config(root), 'hide')
    with pytest.raises(ValueError, match='unknown split'):
        build(config(root), split='voc-zs')
    with pytest.raises(ValueError, match='only in the split'):
        build(config(root), split='voc12-zs3-k2')
    nested = dict(type='ConcatDataset', datasets=[config(root,
                                                         pipeline=LOAD)])
    with pytest.raises(ValueError, match='has a pipeline'):
        build(nested)


@pytest.mark.parametrize('mode', ['ignore', 'drop'])
class TestBadFiles:
    """Every error names the file; 'drop' finds it before training."""

    def failing(self, root, mode, kind, message):
        with pytest.raises(kind, match=message):
            dataset = build(config(root), mode)
            assert mode == 'ignore', 'drop reads all label maps at once'
            dataset[1]

    def test_id_outside_the_class_list(self, root, mode):
        Image.fromarray(np.full((24, 32), 17, np.uint8)).save(
            root / 'ann/a1.png')
        self.failing(root, mode, ValueError,
                     'a1.png holds label id 17, but the class list has 6')

    def test_truncated_label_map(self, root, mode):
        path = root / 'ann/a1.png'
        path.write_bytes(path.read_bytes()[:60])
        self.failing(root, mode, OSError, 'a1.png')

    def test_missing_label_map(self, root, mode):
        (root / 'ann/a1.png').unlink()
        with pytest.raises(FileNotFoundError, match='1 files.*ann/a1.png'):
            build(config(root), mode)

    def test_truncated_image(self, root, mode):
        path = root / 'img/a1.png'
        path.write_bytes(path.read_bytes()[:-200])
        with pytest.raises(OSError, match='img/a1.png'):
            build(config(root), mode)[0 if mode == 'drop' else 1]

    def test_label_map_of_another_size(self, root, mode):
        Image.fromarray(np.ones((24, 40), np.uint8)).save(root / 'ann/a1.png')
        with pytest.raises(ValueError, match='a1.png is 24x40.*a1.png is 24x'
                           '32'):
            build(config(root), mode)[0 if mode == 'drop' else 1]
