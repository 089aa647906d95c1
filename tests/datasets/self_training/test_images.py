"""Which images are unlabelled, and that their label maps stay unread."""

import numpy as np
import pytest

from mmseg_zeroshot.datasets import ZeroShotDataset
from mmseg_zeroshot.datasets.fingerprints import file_contents
from mmseg_zeroshot.datasets.self_training.files import image_names
from mmseg_zeroshot.datasets.self_training.images import (
    UnlabelledImages,
    find_listed,
)

from ..folders import IGNORED, LOAD, SPLIT, UNSEEN, blocks, config, write

# Which of these hold an unseen id: 0, 2 and 4.
IDS = [range(6), (0, 1, 2), (0, 3), (1, 5), (4, ), (2, )]


@pytest.fixture
def root(tmp_path):
    return write(tmp_path, [blocks(i, ids) for i, ids in enumerate(IDS)])


def to_label(inner, mode, listed=None):
    return ZeroShotDataset(
        inner, split=SPLIT, mode=mode, pipeline=LOAD,
        pseudo_labels=UnlabelledImages(listed))


def listing(root, *lines):
    path = root / 'unlabelled.txt'
    path.write_text('\n'.join(lines))
    return str(path)


def test_mode_ignore_labels_every_image_where_it_has_no_label(root):
    dataset = to_label(config(root), 'ignore')
    assert dataset.image_names == ('a0', 'a1', 'a2', 'a3', 'a4', 'a5')
    for i, ids in enumerate(IDS):
        plain = blocks(i, ids)
        expected = np.where(np.isin(plain, UNSEEN + IGNORED), 255, plain)
        assert (dataset[i]['gt_seg_map'] == expected).all()
        assert not dataset.get_data_info(i)['unlabelled']


def test_mode_drop_labels_what_it_leaves_out(root):
    dataset = to_label(config(root), 'drop')
    assert dataset.image_names == ('a0', 'a2', 'a4')
    assert all((dataset[i]['gt_seg_map'] == 255).all() for i in range(3))
    assert dataset[0]['gt_seg_map'].shape == (24, 32)


@pytest.mark.parametrize('mode', ['ignore', 'drop'])
def test_label_maps_of_listed_images_are_not_read(root, mode):
    (root / 'ann/a4.png').unlink()
    (root / 'ann/a1.png').write_bytes(b'no picture')
    listed = listing(root, 'a4', '', 'a1.png')
    dataset = to_label(config(root), mode, listed)
    assert dataset.image_names == ('a1', 'a4')
    assert all((dataset[i]['gt_seg_map'] == 255).all() for i in range(2))


def test_images_without_a_label_map_are_unlabelled(root):
    inner = config(root, data_prefix=dict(img_path='img'))
    dataset = to_label(inner, 'ignore')
    assert len(dataset) == 6
    assert all(dataset.get_data_info(i)['unlabelled'] for i in range(6))


def test_a_repeated_image_is_labelled_once(root):
    inner = dict(type='RepeatDataset', times=2, dataset=config(root))
    assert to_label(inner, 'drop').image_names == ('a0', 'a2', 'a4')


def test_nothing_to_label(tmp_path):
    write(tmp_path, [blocks(1, (0, 1))])
    with pytest.raises(ValueError, match=(
            "none of 1 images is unlabelled: none holds an unseen class of "
            "split 'custom'")):
        to_label(config(tmp_path), 'drop')


def test_evaluation_data_is_not_labelled(root):
    with pytest.raises(ValueError, match=(
            "for mode='ignore' or 'drop', got mode='keep'")):
        to_label(config(root), 'keep')


def test_image_before_labels(root):
    dataset = ZeroShotDataset(
        config(root), split=SPLIT, mode='drop', pipeline=LOAD[1:],
        pseudo_labels=UnlabelledImages())
    with pytest.raises(ValueError, match='must load images before labels'):
        dataset[0]


NAMES = ['x/one', 'x/two', 'y/two', 'y/three.b']


def test_names_are_paths_below_the_common_folder():
    paths = [f'/data/img/{name}.jpg' for name in NAMES]
    assert image_names([*paths, paths[0]]) == [*NAMES, NAMES[0]]
    assert image_names(['/data/img/one.jpg']) == ['one']
    assert image_names([]) == []
    with pytest.raises(ValueError, match=(
            '/d/a.jpg and /d/a.png differ in their suffix only')):
        image_names(['/d/a.png', '/d/b.png', '/d/a.jpg'])


def test_contents_depend_on_the_file_alone(tmp_path):
    paths = [tmp_path / name for name in ('a', 'b', 'c', 'd')]
    head = bytes(range(256)) * 300  # more than what is read
    for path, data in zip(paths, (head + b'x', head + b'y', head, head[1:])):
        path.write_bytes(data)
    one, same, shorter, other = file_contents(paths)
    # Only beyond the first 64 KiB do a and b differ, at the same length.
    assert one == same and len({one, shorter, other}) == 3
    assert file_contents(['s3://bucket/a.jpg']) == ['']
    with pytest.raises(FileNotFoundError):
        file_contents([tmp_path / 'gone'])


def test_lists_name_images_as_data_sets_do(tmp_path):
    lines = ['one', 'y/two.jpg', 'three.b', 'one', 'x/two']
    assert find_listed(listing(tmp_path, *lines), NAMES) == [0, 2, 3, 0, 1]


@pytest.mark.parametrize('lines, message', [
    (['ones'], r"names 'ones', which the data set does not hold\. .*one"),
    (['two'], "names 'two', which fits 2 images, such as x/two and y/two"),
    (['', ' '], 'names no image'),
])
def test_wrong_lists(tmp_path, lines, message):
    with pytest.raises(ValueError, match=f'unlabelled.txt {message}'):
        find_listed(listing(tmp_path, *lines), NAMES)


def test_missing_list(root):
    with pytest.raises(FileNotFoundError, match='no such list .*: gone.txt'):
        to_label(config(root), 'ignore', 'gone.txt')
