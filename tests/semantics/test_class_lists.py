"""Tests of the shipped class lists."""

import pytest

from mmseg_zeroshot.semantics.class_lists import CLASS_LISTS, get_classes
from mmseg_zeroshot.semantics.names import canonical

MMSEG_TYPES = dict(
    voc21='PascalVOCDataset',
    context59='PascalContextDataset59',
    context60='PascalContextDataset',
    cocostuff171='COCOStuffDataset',
    ade150='ADE20KDataset',
    cityscapes19='CityscapesDataset')


@pytest.mark.parametrize('name', MMSEG_TYPES)
def test_orders_are_those_of_mmsegmentation(name):
    datasets = pytest.importorskip('mmseg.datasets')
    metainfo = getattr(datasets, MMSEG_TYPES[name]).METAINFO
    # mmseg spells one of ADE20K's classes 'bed ', with a space.
    theirs = tuple(c.strip() for c in metainfo['classes'])
    assert CLASS_LISTS[name] == theirs


@pytest.mark.parametrize('name, length', [
    ('voc21', 21), ('context59', 59), ('context60', 60), ('context33', 33),
    ('cocostuff171', 171), ('ade150', 150), ('cityscapes19', 19)])
def test_lengths(name, length):
    assert len(CLASS_LISTS[name]) == length


@pytest.mark.parametrize('name', CLASS_LISTS)
def test_no_two_names_are_one_class(name):
    classes = CLASS_LISTS[name]
    assert len({canonical(c) for c in classes}) == len(classes)


def test_context33_is_a_part_of_context59():
    # 'diningtable' is 'table' in the 59-class list.
    missing = set(CLASS_LISTS['context33']) - set(CLASS_LISTS['context59'])
    assert missing == {'diningtable'}


def test_get_classes_takes_a_list_name_or_names():
    assert get_classes('voc21')[:2] == ('background', 'aeroplane')
    assert get_classes(['b', 'a']) == ('b', 'a')


def test_get_classes_refuses_bad_lists():
    with pytest.raises(ValueError, match='class list.*voc21'):
        get_classes('voc12')
    with pytest.raises(ValueError, match='empty'):
        get_classes([])
    with pytest.raises(ValueError, match="'aeroplane'.*'airplane'"):
        get_classes(['aeroplane', 'cat', 'airplane'])
