"""Tests of name resolution."""

import pytest

from mmseg_zeroshot.semantics.class_lists import COCOSTUFF171, VOC21
from mmseg_zeroshot.semantics.names import (
    canonical,
    check_unique,
    nearest,
    resolve,
    spellings,
)


@pytest.mark.parametrize('first, second', [
    ('aeroplane', 'Airplane'),
    ('motorbike', 'motorcycle'),
    ('tvmonitor', 'tv monitor'),
    ('TV', 'television receiver'),
    ('pottedplant', 'potted-plant'),
    ('potted plant', 'potted_plant'),
    ('dining table', 'diningtable'),
    ('bedclothes', 'bedcloth'),
    ('wall-concrete', 'wallconcrete'),
    ('tv/monitor', 'tvmonitor'),
])
def test_spellings_of_one_class_are_equal(first, second):
    assert canonical(first) == canonical(second)


@pytest.mark.parametrize('first, second', [
    ('cat', 'cow'), ('table', 'dining table'), ('sofa', 'couch'),
    ('wall-stone', 'wall-tile'), ('car', 'cart')])
def test_different_classes_are_not_merged(first, second):
    assert canonical(first) != canonical(second)


@pytest.mark.parametrize('name', ['', '  ', '-', None, 3])
def test_a_name_without_letters_is_refused(name):
    with pytest.raises(ValueError, match='non-empty string'):
        canonical(name)


def test_resolve_returns_the_spelling_of_the_list():
    assert resolve('airplane', VOC21) == 'aeroplane'
    assert resolve('TV', VOC21) == 'tvmonitor'
    assert resolve('motorbike', COCOSTUFF171) == 'motorcycle'
    assert resolve('wallconcrete', COCOSTUFF171) == 'wall-concrete'


def test_synonyms_apply_only_where_the_list_has_one_of_them():
    assert resolve('table', VOC21) == 'diningtable'
    assert resolve('couch', VOC21) == 'sofa'
    # COCO-Stuff tells the two apart.
    assert resolve('table', COCOSTUFF171) == 'table'
    assert resolve('diningtable', COCOSTUFF171) == 'dining table'


def test_unknown_name_lists_the_nearest():
    with pytest.raises(ValueError, match="unknown class 'hrose'.*horse"):
        resolve('hrose', VOC21)
    with pytest.raises(ValueError, match='unknown split'):
        resolve('nothing', ['a', 'b'], what='split')


def test_without_a_near_name_the_known_ones_are_listed():
    with pytest.raises(ValueError, match='Known names are: cat, dog'):
        resolve('xylophone', ['cat', 'dog'])
    with pytest.raises(ValueError, match=r"unknown class 'xylophone'\.$"):
        resolve('xylophone', VOC21)


def test_nearest_finds_typos_and_parts():
    assert nearest('shep', VOC21)[0] == 'sheep'
    assert 'dining table' in nearest('dining', COCOSTUFF171)


def test_other_spellings_come_without_the_name_itself():
    assert 'airplane' in spellings('aeroplane')
    assert 'aeroplane' not in spellings('aeroplane')
    assert spellings('cow') == ()


def test_check_unique_names_both_spellings():
    with pytest.raises(ValueError, match="'tv' .position 0. and 'TV monitor'"):
        check_unique(['tv', 'cat', 'TV monitor'], where='a list')
