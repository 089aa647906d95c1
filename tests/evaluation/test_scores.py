"""Confusion matrices and the scores of the papers."""
import math

import numpy as np
import pytest
import torch

from mmseg_zeroshot.evaluation import (
    confusion_matrix,
    per_class_scores,
    vanilla_scores,
    zero_shot_scores,
)
from mmseg_zeroshot.semantics import ClassSplit

# sky and sea are seen, cow and cat unseen; nobody is a cat.
SPLIT = ClassSplit(['sky', 'sea', 'cow', 'cat'], unseen=['cow', 'cat'])
CONFUSION = np.array([
    [60, 10, 10, 0],
    [5, 15, 0, 0],
    [6, 0, 4, 0],
    [0, 0, 0, 0],
])


def test_confusion_matrix_counts_truth_in_rows():
    prediction = np.array([[0, 1, 1], [2, 2, 0]])
    label = np.array([[0, 1, 0], [2, 1, 255]])
    want = [[1, 1, 0], [0, 1, 1], [0, 0, 1]]
    matrix = confusion_matrix(prediction, label, 3)
    assert matrix.dtype == torch.int64
    assert matrix.tolist() == want
    small = confusion_matrix(
        torch.tensor(prediction, dtype=torch.uint8),
        torch.tensor(label, dtype=torch.uint8), 3)
    assert small.tolist() == want


@pytest.mark.parametrize('ignore_index', [-1, 1, 255])
def test_confusion_matrix_equals_a_loop(ignore_index):
    rng = np.random.default_rng(0)
    prediction, label = rng.integers(0, 5, (2, 400))
    label[::7] = ignore_index
    want = np.zeros((5, 5), dtype=int)
    for truth, guess in zip(label, prediction):
        if truth != ignore_index:
            want[truth, guess] += 1
    got = confusion_matrix(prediction, label, 5, ignore_index)
    np.testing.assert_array_equal(got, want)


def test_nothing_to_count():
    label = np.full((2, 2), 255)
    assert confusion_matrix(np.zeros((2, 2), int), label, 3).sum() == 0
    assert confusion_matrix(
        np.zeros((0, ), int), np.zeros((0, ), int), 3).sum() == 0


@pytest.mark.parametrize('prediction, label, message', [
    ([0, 3], [0, 1], 'predicted class id 3 is outside the 3 classes'),
    ([0, -1], [0, 1], 'predicted class id -1'),
    ([0, 1], [0, 7], 'label id 7 is outside the 3 classes'),
    ([0, 1], [0, 300], 'label id 300'),
    ([0, 1], [0, -1], 'label id -1'),
    ([0, 1, 2], [0, 1], '3 pixels and the label 2'),
    ([.5, 1.], [0, 1], 'must be integers'),
])
def test_wrong_ids_are_errors(prediction, label, message):
    with pytest.raises(ValueError, match=message):
        confusion_matrix(np.array(prediction), np.array(label), 3)


def test_scores_by_hand():
    scores = zero_shot_scores(CONFUSION, SPLIT)
    # IoU: sky 60/91, sea 15/30, cow 4/20; cat has none.
    assert scores['seen'] == pytest.approx(dict(
        PA=75., MA=100 * (.75 + .75) / 2, mIoU=100 * (60 / 91 + .5) / 2))
    assert scores['unseen'] == pytest.approx(dict(PA=40., MA=40., mIoU=20.))
    assert scores['overall'] == pytest.approx(dict(
        PA=100 * 79 / 110, MA=100 * (.75 + .75 + .4) / 3,
        mIoU=100 * (60 / 91 + .5 + .2) / 3))
    seen = scores['seen']['mIoU']
    assert scores['hIoU'] == pytest.approx(2 * seen * 20 / (seen + 20))


def test_absent_class_as_zero():
    scores = zero_shot_scores(CONFUSION, SPLIT, absent='zero')
    assert scores['unseen'] == pytest.approx(dict(PA=40., MA=20., mIoU=10.))
    assert scores['overall']['mIoU'] == pytest.approx(
        100 * (60 / 91 + .5 + .2) / 4)


def test_predicted_but_absent_class_counts_in_the_iou_only():
    confusion = CONFUSION.copy()
    confusion[0, 3] = 5
    unseen = zero_shot_scores(confusion, SPLIT)['unseen']
    assert unseen == pytest.approx(dict(PA=40., MA=40., mIoU=10.))


def test_ignored_classes_are_not_scored():
    split = ClassSplit(SPLIT.classes, unseen=['cow'], ignored=['sky'])
    scores = zero_shot_scores(CONFUSION, split)
    # Sky pixels are gone; sea and cow pixels taken for sky are misses.
    assert scores['seen'] == pytest.approx(dict(PA=75., MA=75., mIoU=75.))
    assert scores['unseen'] == pytest.approx(dict(PA=40., MA=40., mIoU=40.))
    assert scores['overall']['PA'] == pytest.approx(100 * 19 / 30)


def test_harmonic_mean_of_nothing_right_is_zero():
    scores = zero_shot_scores(np.array([[0, 3], [4, 0]]),
                              ClassSplit(['a', 'b'], unseen=['b']))
    assert scores['hIoU'] == 0


def test_supervised_split_has_no_unseen_scores():
    split = ClassSplit.supervised(SPLIT.classes)
    scores = zero_shot_scores(CONFUSION, split)
    assert scores['seen'] == scores['overall']
    assert all(math.isnan(value) for value in scores['unseen'].values())
    assert math.isnan(scores['hIoU'])


def test_vanilla_scores_are_of_unseen_classes_alone():
    confusion = np.zeros((4, 4), int)
    confusion[2, 2:] = 6, 2
    confusion[3, 2:] = 1, 3
    scores = vanilla_scores(confusion, SPLIT)
    assert scores['unseen'] == pytest.approx(
        dict(PA=75., MA=75., mIoU=100 * (6 / 9 + 3 / 6) / 2))
    assert scores['overall'] == scores['unseen']
    assert math.isnan(scores['seen']['mIoU'])


def test_per_class_scores():
    split = ClassSplit(SPLIT.classes, unseen=['cow'], ignored=['sky'])
    rows = per_class_scores(CONFUSION, split)
    assert [row['group'] for row in rows] == [
        'ignored', 'seen', 'unseen', 'seen']
    assert [row['pixels'] for row in rows] == [0, 20, 10, 0]
    assert rows[2]['class'] == 'cow'
    assert (rows[2]['IoU'], rows[2]['accuracy']) == (40, 40)
    assert math.isnan(rows[0]['IoU']) and math.isnan(rows[3]['accuracy'])


@pytest.mark.parametrize('confusion, absent, message', [
    (np.ones((3, 3)), 'skip', r'shape \(3, 3\).*4 classes'),
    (np.full((4, 4), np.nan), 'skip', 'non-finite'),
    (CONFUSION, 'drop', "absent must be 'skip' or 'zero', got 'drop'"),
])
def test_wrong_arguments_are_errors(confusion, absent, message):
    with pytest.raises(ValueError, match=message):
        zero_shot_scores(confusion, SPLIT, absent=absent)


@pytest.mark.real_data
def test_equals_the_released_evaluator_of_zs3(real_data):
    figures = np.load(
        real_data / 'reference/zs3_released_scores.npz', allow_pickle=False)
    cases = [key for key in figures if key.startswith('confusion_')]
    assert cases
    for case in (key.split('_')[1] for key in cases):
        confusion = figures[f'confusion_{case}']
        names = [f'class {i}' for i in range(len(confusion))]
        split = ClassSplit(
            names, unseen=[names[i] for i in figures[f'unseen_{case}']])
        scores = zero_shot_scores(confusion, split, absent='zero')
        for key in ('PA', 'MA', 'mIoU'):
            ours = [scores[group][key]
                    for group in ('overall', 'seen', 'unseen')]
            np.testing.assert_allclose(
                ours, 100 * figures[f'{key}_{case}'], rtol=1e-12)
