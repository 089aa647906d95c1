"""What each mode of a data set shows, hides and leaves out."""
import numpy as np
import pytest

from mmseg_zeroshot.datasets.modes import (
    MODES,
    FewLabelled,
    SelfTraining,
    build_mode,
)
from mmseg_zeroshot.datasets.self_training.images import UnlabelledImages
from mmseg_zeroshot.datasets.self_training.mixing import MixPseudoLabels
from mmseg_zeroshot.semantics import ClassSplit

SPLIT = ClassSplit(['sky', 'cat', 'cow', 'mud'], unseen=['cow'],
                   ignored=['mud'])
FEW = dict(num_images=1, manifest='few.json')
# Four images: sky alone, a cow, a cat, nothing labelled.
MAPS = [np.full((2, 2), i, np.uint8) for i in (0, 2, 1, 255)]
INFOS = [dict(img_path=f'x/{i}.jpg', seg_map_path=f'x/{i}.png', place=i)
         for i in range(4)]


def load(info):
    return MAPS[info['place']]


def mode_of(name):
    return build_mode(name, FEW if name == 'few' else None, None)


@pytest.mark.parametrize('name', MODES)
def test_only_evaluation_hides_no_unseen_label(name):
    mode = mode_of(name)
    assert mode.name == name
    assert mode.hidden_ids(SPLIT) == ((3, ) if name == 'keep' else (2, 3))
    step = mode.hiding_step(SPLIT)
    assert step.hidden_ids == mode.hidden_ids(SPLIT)
    # No sample may show a label but where labels were drawn for it.
    assert step.shows_visible is (name == 'few')


@pytest.mark.parametrize('name, kept', [
    ('ignore', [0, 1, 2, 3]), ('keep', [0, 1, 2, 3]), ('drop', [0, 2, 3])])
def test_images_that_stay(name, kept):
    found = mode_of(name).keep(INFOS, load, SPLIT)
    assert found.indices.tolist() == kept
    assert (found.added(0), found.names, found.metainfo) == ({}, (), {})


@pytest.mark.parametrize('name', ['ignore', 'keep'])
def test_modes_that_keep_all_read_no_label_map(name):
    kept = mode_of(name).keep(INFOS, None, SPLIT)
    assert len(kept.indices) == 4


def test_few_label_shows_a_class_in_its_own_images(tmp_path):
    mode = build_mode('few', dict(
        num_images=1, manifest=str(tmp_path / 'few.json')), None)
    assert isinstance(mode, FewLabelled)
    found = mode.keep(INFOS, load, SPLIT)
    shown = {int(i): found.added(n)['visible_unseen_ids']
             for n, i in enumerate(found.indices)}
    assert shown == {0: (), 2: (), 1: (2, )}
    assert found.metainfo['few_label']['images'] == {'cow': ['1.jpg']}


@pytest.mark.parametrize('name, unlabelled', [
    ('ignore', [0, 1, 2, 3]), ('drop', [1])])
def test_self_training_takes_what_the_mode_leaves_unlabelled(
        name, unlabelled):
    mode = build_mode(name, None, UnlabelledImages())
    assert isinstance(mode, SelfTraining) and mode.name == name
    assert mode.reads_all_masks is mode_of(name).reads_all_masks
    found = mode.keep(INFOS, load, SPLIT)
    assert found.indices.tolist() == unlabelled
    assert len(found.names) == len(unlabelled)
    step = mode.hiding_step(SPLIT)
    assert isinstance(step, MixPseudoLabels) and not step.shows_visible


def test_listed_images_have_no_label_map(tmp_path):
    listed = tmp_path / 'list.txt'
    listed.write_text('2\n')
    mode = build_mode('drop', None, UnlabelledImages(str(listed)))
    infos = mode.without_labels(INFOS)
    assert ['seg_map_path' in info for info in infos] == [
        True, True, False, True]


@pytest.mark.parametrize('arguments, message', [
    (('hide', None, None), "mode must be one of .*'few'.*'hide'"),
    (('few', None, None), "mode='few' and few=None"),
    (('drop', FEW, None), "mode='drop' and few="),
    (('keep', None, UnlabelledImages()), "pseudo_labels are for mode='ig")])
def test_arguments_of_another_mode_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        build_mode(*arguments)
