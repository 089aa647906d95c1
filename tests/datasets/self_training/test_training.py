"""Seen labels and pseudo-labels in one training set; what is refused."""

import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.datasets.self_training.files import read_map

from ..folders import IGNORED, LOAD, UNSEEN, blocks, config, poison, write
from .runs import guess, images, make, train_set

# Which of these hold an unseen id: 0, 2 and 4.
IDS = [range(6), (0, 1, 2), (0, 3), (1, 5), (4, ), (2, )]
PACK = [*LOAD, dict(type='PackSegInputs')]


@pytest.fixture
def root(tmp_path):
    return write(tmp_path, [blocks(i, ids) for i, ids in enumerate(IDS)])


@pytest.fixture
def folder(root):
    """Finished pseudo-labels of all images."""
    make(root / 'pseudo', config(root))
    return root / 'pseudo'


def names_of(dataset):
    return [dataset.get_data_info(i)['img_path'][-6:-4]
            for i in range(len(dataset))]


def expected(i):
    """Own seen labels, and what `guess` gives elsewhere."""
    plain = blocks(i, IDS[i])
    own = np.where(np.isin(plain, UNSEEN + IGNORED), 255, plain)
    rows, columns = np.indices(own.shape)
    guessed = np.where(rows % 2 == 0, np.array(UNSEEN)[columns % 2], 255)
    return own if i == 5 else np.where(own == 255, guessed, own)


def test_unlabelled_pixels_are_filled_and_seen_labels_stay(root, folder):
    dataset = train_set(config(root), folder, p=25,
                        checkpoint=str(root / 'model.pth'))
    assert len(dataset) == 6
    for i in range(6):
        np.testing.assert_array_equal(dataset[i]['gt_seg_map'], expected(i))
    meta = dataset.metainfo['pseudo_labels']
    assert (meta['p'], meta['supervision'], meta['round']) == (
        25., 'strict', 1)
    assert dataset.metainfo['split_mode'] == 'ignore'


def test_samples_say_which_unseen_classes_they_may_show(root, folder):
    dataset = train_set(config(root), folder, pipeline=PACK)
    shown = [item['data_samples'].metainfo.get('visible_unseen_ids')
             for item in map(dataset.__getitem__, range(6))]
    assert shown == [UNSEEN] * 5 + [None]


def test_mode_drop_mixes_labelled_and_unlabelled_images(root):
    """Images 0, 2 and 4 hold unseen classes: none of their labels is used."""
    make(root / 'pseudo', config(root), 'drop')
    dataset = train_set(config(root), root / 'pseudo', 'drop')
    assert names_of(dataset) == ['a0', 'a1', 'a2', 'a3', 'a4', 'a5']
    for i in (0, 2, 4):
        assert set(np.unique(dataset[i]['gt_seg_map'])) == {*UNSEEN, 255}
    for i in (1, 3, 5):
        plain = blocks(i, IDS[i])
        own = np.where(np.isin(plain, IGNORED), 255, plain)
        np.testing.assert_array_equal(dataset[i]['gt_seg_map'], own)


@pytest.mark.parametrize('mode, kept', [
    ('ignore', ['a0', 'a1', 'a2', 'a3', 'a4']),
    # Images 0 and 2 hold unseen classes and are not on the list.
    ('drop', ['a1', 'a3', 'a4']),
])
def test_listed_images_are_unlabelled_and_others_are_not(root, mode, kept):
    (root / 'list.txt').write_text('a1\na4\na5\n')
    listed = str(root / 'list.txt')
    make(root / 'pseudo', config(root), mode, listed)
    dataset = train_set(config(root), root / 'pseudo', mode,
                        unlabelled=listed)
    # Nothing was predicted in image 5: it would carry no label at all.
    assert names_of(dataset) == kept
    for name, sample in zip(kept, map(dataset.__getitem__, range(len(kept)))):
        ids = set(np.unique(sample['gt_seg_map']).tolist())
        assert (ids == {*UNSEEN, 255} if name in ('a1', 'a4')
                else not ids & {*UNSEEN}), name


@pytest.mark.parametrize('mode', ['ignore', 'drop'])
def test_poisoned_unseen_labels_change_nothing(root, mode):
    """Neither the pseudo-labels nor the training set can tell."""
    maps, labels = [], []
    for name in ('clean', 'poisoned'):
        make(root / name, config(root), mode)
        maps.append({path.name: path.read_bytes()
                     for path in (root / name / 'maps').iterdir()})
        dataset = train_set(config(root), root / name, mode)
        labels.append([dataset[i]['gt_seg_map'] for i in range(len(dataset))])
        if name == 'clean':
            assert poison(root) > 100
    assert maps[0] == maps[1] and len(maps[0]) >= 3
    for clean, poisoned in zip(*labels):
        np.testing.assert_array_equal(clean, poisoned)


def test_labels_of_listed_images_may_be_anything(root):
    """A list names images of which not even the label map is read."""
    (root / 'list.txt').write_text('a0\na2\na4\n')
    listed = str(root / 'list.txt')
    make(root / 'pseudo', config(root), 'drop', listed)
    before = images(config(root), 'drop', listed)
    for name in ('a0', 'a2', 'a4'):
        (root / 'ann' / f'{name}.png').write_bytes(b'gone')
    after = train_set(config(root), root / 'pseudo', 'drop',
                      unlabelled=listed)
    assert names_of(after) == ['a0', 'a1', 'a2', 'a3', 'a4', 'a5']
    assert before.image_names == ('a0', 'a2', 'a4')


def test_another_model_is_refused(root, folder):
    (root / 'other.pth').write_bytes(b'two')
    with pytest.raises(ValueError, match=(
            'pseudo do not belong to this run: checkpoint is .* instead of')):
        train_set(config(root), folder, checkpoint=str(root / 'other.pth'))


def test_another_split_is_refused(root, folder):
    split = dict(classes=['background', 'cat', 'dog', 'cow', 'horse',
                          'sheep'], unseen=['cow'], ignored=['sheep'])
    with pytest.raises(ValueError, match='unseen classes of split are'):
        train_set(config(root), folder, split=split)


def test_another_p_is_refused(root, folder):
    with pytest.raises(ValueError, match=r'p is 25\.0 instead of 50\.0'):
        train_set(config(root), folder, p=50)


def test_another_rule_is_refused(root, folder):
    with pytest.raises(ValueError, match="mode is 'ignore' instead of 'drop'"):
        train_set(config(root), folder, 'drop')
    (root / 'list.txt').write_text('a0')
    with pytest.raises(ValueError, match='listed is False instead of True'):
        train_set(config(root), folder, unlabelled=str(root / 'list.txt'))


def test_other_images_are_refused(root, folder):
    write(root, [blocks(9)], prefix='b')
    with pytest.raises(ValueError, match=(
            "manifest.json has no image 'b0': .* made for other images")):
        train_set(config(root), folder)


def test_other_images_of_the_same_names_are_refused(root, folder):
    """Names are relative to the images' folder: content tells them apart."""
    other = write(root / 'other', [blocks(i, ids)
                                   for i, ids in enumerate(IDS)])
    path = other / 'img/a4.png'
    pixels = np.array(Image.open(path))
    Image.fromarray(255 - pixels).save(path)
    with pytest.raises(ValueError, match=(
            r'image .*other.*a4\.png is not the one of that name .*--overw')):
        train_set(config(other), folder)


def test_a_copy_of_the_images_is_the_same(root, folder):
    write(root / 'copy', [blocks(i, ids) for i, ids in enumerate(IDS)])
    for path in (root / 'copy/img').iterdir():
        os.utime(path, (1, 1))
    assert len(train_set(config(root / 'copy'), folder)) == 6


def test_images_that_need_no_map_may_be_others(root):
    make(root / 'pseudo', config(root), 'drop')
    path = root / 'img/a1.png'
    Image.fromarray(255 - np.array(Image.open(path))).save(path)
    assert len(train_set(config(root), root / 'pseudo', 'drop')) == 6


def test_a_missing_map_is_named(root, folder):
    (folder / 'maps/a2.png').unlink()
    with pytest.raises(ValueError, match=(
            'a2.png is missing: run the same mmseg-zeroshot pseudo-label')):
        train_set(config(root), folder)


def test_a_half_written_map_is_named(root, folder):
    path = folder / 'maps/a2.png'
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match=r'a2.png has \d+ bytes instead of'):
        train_set(config(root), folder)
    with pytest.raises(OSError, match='cannot read the pseudo-labels .*a2'):
        read_map(path, 6)


def rewrite(path, labels):
    """Put another map in place, and its size into the manifest."""
    Image.fromarray(labels).save(path)
    manifest = json.loads((path.parents[1] / 'manifest.json').read_text())
    manifest['images'][path.stem]['bytes'] = path.stat().st_size
    (path.parents[1] / 'manifest.json').write_text(json.dumps(manifest))


def test_a_map_of_another_size_is_named(root, folder):
    rewrite(folder / 'maps/a2.png', np.full((8, 9), 255, np.uint8))
    dataset = train_set(config(root), folder)
    with pytest.raises(ValueError, match='a2.png is 8x9 but its image .*24x3'):
        dataset[2]


def test_a_map_with_other_labels_is_named(root, folder):
    rewrite(folder / 'maps/a2.png', np.full((24, 32), 1, np.uint8))
    dataset = train_set(config(root), folder)
    with pytest.raises(ValueError, match='a2.png holds class id 1, which its'):
        dataset[2]


def change(folder, **values):
    manifest = json.loads((folder / 'manifest.json').read_text())
    manifest.update(values)
    (folder / 'manifest.json').write_text(json.dumps(manifest))


def test_a_changed_manifest_is_named(root, folder):
    manifest = json.loads((folder / 'manifest.json').read_text())
    manifest['images']['a2']['kept'] = {'1': 3}
    change(folder, images=manifest['images'])
    with pytest.raises(ValueError, match="other than unseen classes for 'a2'"):
        train_set(config(root), folder)
    manifest['images']['a2'].update(kept={'3': 3}, unlabelled=True)
    change(folder, images=manifest['images'])
    with pytest.raises(ValueError, match="image 'a2' is labelled here"):
        train_set(config(root), folder)


def test_unfinished_and_foreign_folders(root, folder):
    manifest = folder / 'manifest.json'
    change(folder, version=7)
    with pytest.raises(ValueError, match='have version 7, this package'):
        train_set(config(root), folder)
    manifest.write_text('{"format": "mine"}')
    with pytest.raises(ValueError, match='is not a manifest of pseudo-labels'):
        train_set(config(root), folder)
    manifest.write_text('{"format": "mmseg_zeroshot pseudo-labels", '
                        '"version": 2}')
    with pytest.raises(ValueError, match="manifest.json lacks 'checkpoint'"):
        train_set(config(root), folder)
    manifest.rename(folder / 'running.json')
    with pytest.raises(FileNotFoundError, match='not finished: the same comm'):
        train_set(config(root), folder)
    shutil.rmtree(folder)
    with pytest.raises(FileNotFoundError, match='no pseudo-labels at .*--out'):
        train_set(config(root), folder)


def test_pseudo_labels_without_any_label(root):
    def nothing(dataset, places):
        for item in guess(dataset, places):
            item.labels[:] = 255
            yield item

    make(root / 'pseudo', config(root), label=nothing)
    with pytest.raises(ValueError, match='label no pixel: the model predicts'):
        train_set(config(root), root / 'pseudo')


@pytest.mark.parametrize('settings, message', [
    (dict(checkpont='x'), "unknown key 'checkpont' in pseudo_labels.*check"),
    (dict(p=0), 'p=0 is the percentage'),
    (dict(path=''), "pseudo_labels needs 'path'"),
])
def test_wrong_settings(root, settings, message):
    given = {**dict(path='somewhere'), **settings}
    with pytest.raises(ValueError, match=message):
        train_set(config(root), given.pop('path'), **given)
