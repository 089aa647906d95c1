"""Images with an EXIF orientation beside their label maps."""
import logging

import numpy as np
import pytest
from mmengine.logging import MMLogger
from PIL import Image

from mmseg_zeroshot.datasets import ZeroShotDataset
from mmseg_zeroshot.datasets.turned_images import turned_images
from mmseg_zeroshot.experiments.inspection import Pair, scan_masks

from .folders import LOAD, SPLIT, blocks, config, write

TAG = 0x0112


def turn(path, orientation):
    """Give an image a tag; its stored pixels stay."""
    with Image.open(path) as image:
        image.load()
        exif = Image.Exif()
        exif[TAG] = orientation
        image.save(path, exif=exif)
    return str(path)


@pytest.fixture
def root(tmp_path):
    """Four square images of which two are turned."""
    write(tmp_path, [blocks(i, size=(24, 24)) for i in range(4)])
    turn(tmp_path / 'img/a1.png', 6)
    turn(tmp_path / 'img/a2.png', 3)
    return tmp_path


def build(root, caplog, pipeline=LOAD, split=SPLIT, **changes):
    """A data set, and the warnings of its start."""
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    caplog.clear()
    try:
        dataset = ZeroShotDataset(config(root, **changes), split=split,
                                  mode='keep', pipeline=pipeline)
    finally:
        logger.removeHandler(caplog.handler)
    return dataset, [record.getMessage() for record in caplog.records
                     if record.levelno == logging.WARNING]


def test_a_warning_counts_them_and_states_the_rule(root, caplog):
    _, warnings = build(root, caplog)
    said, = warnings
    assert said.startswith('2 of 4 images carry an EXIF orientation, the '
                           f'first is {root}/img/a1.png.')
    assert 'drawn on the image as viewers show it' in said
    assert "color_type='color_ignore_orientation'" in said


def test_the_image_is_turned_and_its_label_map_is_not(root, caplog):
    dataset, _ = build(root, caplog)
    for index, turns in ((1, -1), (2, 2)):
        with Image.open(root / f'img/a{index}.png') as image:
            stored = np.array(image.convert('RGB'))[..., ::-1]
        with Image.open(root / f'ann/a{index}.png') as mask:
            labels = np.array(mask)
        sample = dataset[index]
        assert np.array_equal(sample['img'], np.rot90(stored, turns))
        assert np.array_equal(sample['gt_seg_map'] == 255,
                              np.isin(labels, (5, 255)))


def test_stored_order_is_no_reason_to_warn(root, caplog):
    stored = dict(LOAD[0], color_type='color_ignore_orientation')
    dataset, warnings = build(root, caplog, [stored, LOAD[1]])
    assert not warnings
    with Image.open(root / 'img/a1.png') as image:
        assert np.array_equal(dataset[1]['img'],
                              np.array(image.convert('RGB'))[..., ::-1])


def test_images_without_labels_are_no_reason_to_warn(root, caplog):
    none_hidden = dict(SPLIT, ignored=[])
    assert not build(root, caplog, [LOAD[0]], none_hidden)[1]
    (root / 'img/a1.png').unlink()
    (root / 'ann/a1.png').unlink()
    turn(root / 'img/a2.png', 1)
    assert not build(root, caplog)[1]


def test_repeated_remote_and_broken_images(root):
    path = str(root / 'img/a1.png')
    (root / 'broken.jpg').write_bytes(b'no picture')
    assert turned_images([path, path, 's3://bucket/a.jpg',
                          str(root / 'broken.jpg')]) == [path]


def test_a_label_map_on_its_side_is_explained(tmp_path, caplog):
    write(tmp_path, [blocks(0, size=(24, 32))])
    turn(tmp_path / 'img/a0.png', 8)
    dataset, _ = build(tmp_path, caplog)
    with pytest.raises(ValueError, match=(
            r'a0\.png is 24x32 but its image .* is 32x24 .* EXIF '
            'orientation, it was turned')):
        dataset[0]


@pytest.mark.parametrize('suffix', ['png', 'tiff'])
def test_a_label_map_carries_no_orientation(tmp_path, caplog, suffix):
    write(tmp_path, [np.zeros((24, 24), np.uint8)])
    with Image.open(tmp_path / 'ann/a0.png') as mask:
        mask.save(tmp_path / f'ann/a0.{suffix}')
    turn(tmp_path / f'ann/a0.{suffix}', 3)
    dataset, _ = build(tmp_path, caplog, seg_map_suffix=f'.{suffix}')
    with pytest.raises(ValueError, match=(
            rf'ann/a0\.{suffix} carries EXIF orientation 3, which is not')):
        dataset[0]


def test_the_report_counts_them(root):
    turn(root / 'ann/a3.png', 2)
    pairs = [Pair(root / f'img/a{i}.png', root / f'ann/a{i}.png')
             for i in range(4)]
    report = scan_masks(pairs, num_ids=6)
    images, = (p for p in report.problems if 'images carry' in p.what)
    masks, = (p for p in report.problems if 'masks carry' in p.what)
    assert images.count == 2 and not images.fatal
    assert images.place == (
        f'{root}/img/a1.png, orientation 6 and 1 more')
    assert masks.count == 1 and masks.fatal
    assert report.sizes == {(24, 24): 4}
