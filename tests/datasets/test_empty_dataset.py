"""Data sets that find no image, and what they say of it."""
import re

import numpy as np
import pytest

from mmseg_zeroshot.datasets import ZeroShotDataset
from mmseg_zeroshot.datasets.graph_context.layouts import read_layouts
from mmseg_zeroshot.semantics import build_split

from .folders import LOAD, SPLIT, config, write


@pytest.fixture
def root(tmp_path):
    """Three images, which end in .png."""
    write(tmp_path, [np.zeros((8, 8), np.uint8)] * 3)
    (tmp_path / 'img/notes.txt').touch()
    return tmp_path


def message(dataset, error=ValueError, **how):
    with pytest.raises(error) as caught:
        ZeroShotDataset(dataset, split=SPLIT, mode='keep', pipeline=LOAD,
                        **how).full_init()
    return str(caught.value)


WRONG = dict(img_suffix='.jpeg')


@pytest.mark.parametrize('lazy', [False, True])
@pytest.mark.parametrize('wrap', [
    lambda inner: inner,
    lambda inner: dict(type='RepeatDataset', times=2, dataset=inner),
    lambda inner: dict(type='ConcatDataset', datasets=[
        dict(inner, img_suffix='.png'), inner])])
def test_a_wrong_suffix(root, wrap, lazy):
    said = message(wrap(config(root, **WRONG)), lazy_init=lazy)
    assert said == (
        f"BaseSegDataset: no file below {root}/img ends in '.jpeg' "
        '(img_suffix); the files there end in .png (3), .txt (1). Check '
        'img_suffix, data_root and data_prefix')


def test_data_sets_that_keep_a_plain_list(root):
    said = message(config(root, serialize_data=False, **WRONG))
    assert "ends in '.jpeg'" in said and '.png (3)' in said


def test_an_empty_folder_and_an_empty_list(root):
    (root / 'none').mkdir()
    prefix = dict(img_path='none', seg_map_path='ann')
    assert 'the folder is empty' in message(config(root, data_prefix=prefix))
    (root / 'list.txt').write_text('')
    assert f'the list {root}/list.txt names no image' in message(
        config(root, ann_file='list.txt'))


def test_a_suffix_of_listed_images(root):
    (root / 'list.txt').write_text('a0\na1\n')
    listed = config(root, ann_file='list.txt', **WRONG)
    said = message(listed, FileNotFoundError)
    assert re.search(r'2 files .* first is .*img/a0\.jpeg \(the folder holds '
                     r'a0\.png\): check .*, img_suffix and', said)
    said = message(config(root, ann_file='list.txt', seg_map_suffix='_L.png'),
                   FileNotFoundError)
    assert 'a0_L.png (the files there end in .png (3)): check' in said


def test_a_part_that_is_not_there(root):
    (root / 'list.txt').write_text('a0')
    said = message(config(root, ann_file='list.txt', data_prefix=dict(
        img_path='photos', seg_map_path='ann')), FileNotFoundError)
    assert f'(there is no folder {root}/photos)' in said


def test_other_errors_stay(root):
    with pytest.raises(AssertionError, match='Failed to load `ann_file`'):
        ZeroShotDataset(config(root, ann_file='gone.txt'), split=SPLIT,
                        mode='keep')
    with pytest.raises(ValueError, match='the inner data set has a pipeline'):
        ZeroShotDataset(config(root, pipeline=LOAD), split=SPLIT, mode='keep')


def test_layouts_of_a_data_set(root):
    with pytest.raises(ValueError, match="ends in '.jpeg'.*png"):
        read_layouts(config(root, **WRONG), build_split(SPLIT), side=8,
                     min_pixels=1)
