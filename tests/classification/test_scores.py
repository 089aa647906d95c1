"""Top-1 per class, generalised and calibrated."""
import numpy as np
import pytest

from mmseg_zeroshot.classification.scores import (
    best_harmonic,
    calibrated_top1,
    top1_per_class,
    zsl_top1,
)

SEEN, UNSEEN = np.array([0, 2]), np.array([1, 3])
# Two images of class 0, one of 1, one of 3.
LABELS = np.array([0, 0, 1, 3])
PROBABILITIES = np.array([
    [.6, .3, .05, .05],   # right at gamma < .3
    [.2, .1, .5, .2],     # taken for 2, then for 3
    [.5, .4, .05, .05],   # right at gamma > .1
    [.05, .6, .05, .3],   # taken for 1
])


def test_classes_count_alike():
    predicted = np.array([0, 1, 1, 1])
    assert top1_per_class(predicted, LABELS) == pytest.approx(
        100 * (.5 + 1 + 0) / 3)


def test_only_unseen_classes_compete():
    at = np.isin(LABELS, UNSEEN)
    assert zsl_top1(PROBABILITIES[at], LABELS[at], UNSEEN) == 50


def test_calibration_by_hand():
    rows = calibrated_top1(PROBABILITIES, LABELS, seen=SEEN, unseen=UNSEEN,
                           gammas=[0, .2, .4, 1])
    assert [row['gamma'] for row in rows] == [0, .2, .4, 1]
    assert [row['seen'] for row in rows] == [50, 50, 0, 0]
    assert [row['unseen'] for row in rows] == [0, 50, 50, 50]
    assert [row['harmonic'] for row in rows] == [0, 50, 0, 0]
    assert best_harmonic(rows) == rows[1]


def test_each_gamma_is_an_argmax_of_its_own():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(4, .5), 300)
    labels = rng.integers(0, 4, 300)
    gammas = np.linspace(0, 1, 21)
    rows = calibrated_top1(probabilities, labels, seen=SEEN, unseen=UNSEEN,
                           gammas=gammas)
    for gamma, row in zip(gammas, rows):
        lowered = probabilities.copy()
        lowered[:, SEEN] -= gamma
        predicted = lowered.argmax(1)
        for name, ids in (('seen', SEEN), ('unseen', UNSEEN)):
            at = np.isin(labels, ids)
            assert row[name] == top1_per_class(predicted[at], labels[at])


@pytest.mark.parametrize('gamma', [-.1, 1.5, float('nan')])
def test_wrong_gammas_are_errors(gamma):
    with pytest.raises(ValueError, match=r'gamma must be in \[0, 1\]'):
        calibrated_top1(PROBABILITIES, LABELS, seen=SEEN, unseen=UNSEEN,
                        gammas=[gamma])


def test_groups_without_images_are_errors():
    with pytest.raises(ValueError, match='no image of unseen classes'):
        calibrated_top1(PROBABILITIES, np.zeros(4, int), seen=SEEN,
                        unseen=UNSEEN, gammas=[0])
    with pytest.raises(ValueError, match='0 predictions for 0 labels'):
        top1_per_class(np.array([]), np.array([]))
