"""Tests of the shipped splits: against the papers, not against the code."""

import pytest

from mmseg_zeroshot.semantics.class_lists import (
    COMPOSITIONS,
    get_classes,
)
from mmseg_zeroshot.semantics.class_split import ClassSplit
from mmseg_zeroshot.semantics.splits import SPLITS, build_split, get_split

# MMSegmentation's 171-class order, counted by hand.
COCO_UNSEEN_IDS = (19, 23, 28, 29, 36, 51, 76, 88, 94, 112, 133, 136, 137,
                   157, 160)


def test_every_split_of_the_protocols_is_there():
    names = {f'{prefix}-k{k}' for k in (2, 4, 6, 8, 10)
             for prefix in ('voc12-zs3', 'context-zs3', 'context-recursive')}
    names |= {'voc12-spnet', 'cocostuff-spnet', 'context-cagnet-29-4'}
    assert names <= set(SPLITS)


@pytest.mark.parametrize('name', SPLITS)
def test_every_split_builds_and_travels(name):
    split = get_split(name)
    assert split.name == name
    assert ClassSplit.from_dict(split.to_dict()) == split
    assert (len(split.seen) + len(split.unseen) + len(split.ignored)
            == split.num_classes)


def test_cocostuff_ids():
    split = get_split('cocostuff-spnet')
    assert split.unseen_ids == COCO_UNSEEN_IDS
    assert len(split.seen) == 156
    assert len(split.validation) == 12


@pytest.mark.parametrize('prefix', [
    'voc12-zs3', 'context-zs3', 'context60-zs3', 'context-recursive'])
def test_zs3_splits_are_nested(prefix):
    previous = set()
    for k in (2, 4, 6, 8, 10):
        unseen = set(get_split(f'{prefix}-k{k}').unseen)
        assert len(unseen) == k and previous < unseen
        previous = unseen


def test_zs3_lists():
    assert set(get_split('voc12-zs3-k4').unseen) == {
        'cow', 'motorbike', 'aeroplane', 'sofa'}
    assert set(get_split('context-zs3-k4').unseen) == {
        'cow', 'motorbike', 'sofa', 'cat'}
    assert (set(get_split('voc12-zs3-k10').unseen)
            - set(get_split('voc12-zs3-k8').unseen)
            == {'chair', 'pottedplant'})
    assert 'background' in get_split('voc12-zs3-k10').seen


def test_recursive_context_uses_the_voc_list():
    for k in (2, 4, 6, 8, 10):
        assert (get_split(f'context-recursive-k{k}').unseen
                == get_split(f'voc12-zs3-k{k}').unseen)


def test_context_with_background_is_an_option():
    assert get_split('context-zs3-k2').num_classes == 59
    split = get_split('context60-zs3-k2')
    assert split.num_classes == 60 and split.seen[0] == 'background'


def test_spnet_voc():
    split = get_split('voc12-spnet')
    assert split.unseen_ids == (16, 17, 18, 19, 20)
    assert split.ignored_ids == (0, )
    assert split.validation == ('horse', 'motorbike', 'person')
    assert len(split.seen) == 15


def test_cagnet_has_29_seen_and_4_unseen_classes():
    split = get_split('context-cagnet-29-4')
    assert len(split.seen) == 29
    assert set(split.unseen) == {'cow', 'motorbike', 'sofa', 'cat'}


def test_suffix_cv_holds_out_the_validation_classes():
    split = get_split('voc12-spnet-cv')
    assert split.unseen == ('horse', 'motorbike', 'person')
    assert 'sheep' in split.ignored and split.held_out
    with pytest.raises(ValueError, match='no validation classes'):
        get_split('voc12-zs3-k2-cv')


def test_compositions_recombine_seen_words():
    split = get_split('compositions-k8')
    assert split.classes == COMPOSITIONS and split.num_classes >= 20
    assert len(split.unseen) == 8
    trained = set(split.seen) - set(split.validation)
    seen_words = {word for name in trained for word in name.split()}
    for name in split.unseen + split.validation:
        assert set(name.split()) <= seen_words


def test_build_split_takes_three_forms():
    split = get_split('voc12-zs3-k2')
    assert build_split('voc12-zs3-k2') == split
    assert build_split(split) is split
    own = build_split(dict(classes='voc21', unseen=['motorcycle', 'cow'],
                           name='voc12-zs3-k2'))
    assert own == split
    assert get_classes('voc21') == own.classes


def test_own_split_holds_out_its_validation_classes():
    spec = dict(classes='voc21', unseen=['cow'], validation=['horse'],
                name='mine')
    split = build_split(dict(spec, hold_out=True))
    assert split == build_split(spec).hold_out_validation()
    assert split.held_out and split.unseen == ('horse', )
    assert build_split(dict(spec, hold_out=False)) == build_split(spec)
    with pytest.raises(ValueError, match="'hold_out' of split 'mine'.*'0'"):
        build_split(dict(spec, hold_out='0'))


def test_build_split_names_what_is_wrong():
    with pytest.raises(ValueError, match="unknown split 'voc12-zs3-k3'.*-k"):
        build_split('voc12-zs3-k3')
    with pytest.raises(ValueError, match="unknown key 'hidden'"):
        build_split(dict(classes='voc21', hidden=['cow']))
    with pytest.raises(TypeError, match='got int'):
        build_split(4)
