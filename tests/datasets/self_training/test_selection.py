"""Top p % of the pixels predicted unseen, against a slow reference."""

import math

import numpy as np
import pytest
import torch

from mmseg_zeroshot.datasets.self_training.selection import (
    check_percent,
    highest,
    log_odds,
    select_pixels,
)

UNSEEN = (1, 3)


def slow(scores, decision, candidates, percent):
    """Sort all candidates by probability, in float64."""
    shifted = np.exp(scores.double().numpy())
    probability = shifted / shifted.sum(0)
    found = [(-probability[decision[y, x], y, x], y, x)
             for y in range(decision.shape[0])
             for x in range(decision.shape[1])
             if candidates[y, x] and decision[y, x] in UNSEEN]
    labels = np.full(decision.shape, 255, np.uint8)
    for _, y, x in sorted(found)[:math.ceil(len(found) * percent / 100)]:
        labels[y, x] = decision[y, x]
    return labels, len(found)


@pytest.mark.parametrize('percent', [0.5, 10, 25, 33.3, 75, 100])
def test_selection_is_the_slow_one(percent):
    generator = torch.Generator().manual_seed(int(percent))
    scores = 3 * torch.randn(5, 11, 13, generator=generator)
    decision = scores.argmax(0)
    candidates = torch.rand(11, 13, generator=generator) < .7
    labels, predicted = select_pixels(scores, decision, candidates, UNSEEN,
                                      percent)
    expected, count = slow(scores, decision.numpy(), candidates.numpy(),
                           percent)
    assert predicted == count > 20
    np.testing.assert_array_equal(labels.numpy(), expected)


def test_calibrated_decisions_are_ranked_by_their_own_probability():
    """A decision need not be the highest score."""
    scores = torch.tensor([[[5., 5., 5.]], [[4., 1., 3.]], [[0., 0., 0.]],
                           [[-9., -9., -9.]]])
    decision = torch.tensor([[1, 1, 1]])
    labels, _ = select_pixels(scores, decision, torch.ones(1, 3, dtype=bool),
                              UNSEEN, 50)
    assert labels.tolist() == [[1, 255, 1]]


def test_probabilities_that_round_to_one_keep_their_order():
    scores = torch.tensor([[0., 0., 0.], [40., 90., 60.]])
    decision = torch.ones(3, dtype=torch.long)
    assert (scores.softmax(0)[1] == 1).all()
    assert log_odds(scores, decision).tolist() == [40, 90, 60]


def test_equal_values_are_taken_in_order():
    values = torch.tensor([1., 2., 1., 1., 3., 1.])
    assert highest(values, 67).tolist() == [
        True, True, True, True, True, False]  # 4.02 is rounded up to 5
    assert highest(values, 50).tolist() == [
        True, True, False, False, True, False]
    assert highest(values, 100).all()
    assert highest(values[:0], 25).shape == (0, )
    assert highest(values, .01).tolist() == [False] * 4 + [True, False]


def test_nothing_predicted_unseen_gives_no_label():
    scores = torch.zeros(4, 2, 2)
    scores[0] = 1
    labels, predicted = select_pixels(
        scores, scores.argmax(0), torch.ones(2, 2, dtype=bool), UNSEEN, 25)
    assert predicted == 0 and (labels == 255).all()


def test_scores_must_be_finite():
    scores = torch.full((4, 2, 2), torch.nan)
    with pytest.raises(ValueError, match='not finite'):
        select_pixels(scores, torch.ones(2, 2, dtype=torch.long),
                      torch.ones(2, 2, dtype=bool), UNSEEN, 25)
    # Of which argmax makes class 0, so that no pixel is predicted unseen.
    with pytest.raises(ValueError, match='not finite'):
        select_pixels(scores, torch.zeros(2, 2, dtype=torch.long),
                      torch.ones(2, 2, dtype=bool), UNSEEN, 25)


@pytest.mark.parametrize('percent', [0, -1, 100.1, float('nan'), '25', None,
                                     True])
def test_p_out_of_range(percent):
    with pytest.raises(ValueError, match=(
            'p=.* percentage .* above 0 and at most 100')):
        check_percent(percent)
