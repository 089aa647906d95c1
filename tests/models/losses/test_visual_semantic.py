import pytest
import torch

from mmseg_zeroshot.models.losses import (
    cosine_regression,
    hinge_visual_semantic,
    weighted_approximate_ranking,
)
from mmseg_zeroshot.utils import MASKED_LOGIT

# One image of 1 x 3 pixels, four classes; the last pixel is ignored.
SCORES = torch.tensor([[2., .5, 1.8, -3.], [0., 1., .4, .9],
                       [9., 9., 9., 9.]]).T.reshape(1, 4, 1, 3)
LABEL = torch.tensor([[[0, 2, 255]]])


def test_hinge_full_sum_by_hand():
    # Pixel 1: [1 + .5 - 2]+ + [1 + 1.8 - 2]+ + [1 - 3 - 2]+ = .8
    # Pixel 2: [1 + 0 - .4]+ + [1 + 1 - .4]+ + [1 + .9 - .4]+ = 3.7
    losses = hinge_visual_semantic(SCORES, LABEL, full_sum=True)
    torch.testing.assert_close(losses, torch.tensor([[[.8, 3.7, 0.]]]))


def test_hinge_draws_each_wrong_class_equally_often():
    n = 30000
    losses = hinge_visual_semantic(
        SCORES[:, :, 0, 1].expand(n, -1), torch.full((n, ), 2))
    drawn = {
        round(value, 4): count
        for value, count in zip(*(t.tolist() for t in losses.unique(
            return_counts=True)))
    }
    assert set(drawn) == {.6, 1.6, 1.5}
    assert all(abs(count / n - 1 / 3) < .02 for count in drawn.values())


def test_hinge_full_sum_is_what_the_draws_sum_to():
    """One of K - 1 wrong classes, drawn uniformly, costs the mean."""
    torch.manual_seed(0)
    scores = torch.randn(1, 6)
    scores[:, 4] = MASKED_LOGIT  # takes no part: four wrong classes
    label = torch.tensor([1])
    full = hinge_visual_semantic(scores, label, full_sum=True)
    drawn = hinge_visual_semantic(
        scores.expand(20000, -1), label.expand(20000))
    assert 4 * drawn.mean().item() == pytest.approx(full.item(), rel=.02)


def test_hinge_of_the_drawn_class_by_hand():
    # With two classes there is one wrong one to draw.
    losses = hinge_visual_semantic(
        SCORES[:, :2], torch.tensor([[[0, 1, 255]]]), margin=2.)
    torch.testing.assert_close(losses, torch.tensor([[[.5, 1., 0.]]]))


@pytest.mark.parametrize('masked', [MASKED_LOGIT, MASKED_LOGIT * .9999, -2e4])
@pytest.mark.parametrize('full_sum', [False, True])
def test_masked_classes_are_never_wrong_classes(masked, full_sum):
    scores = torch.zeros(64, 5, 4, 4)
    scores[:, [0, 3]] = masked
    scores.requires_grad_()
    label = torch.tensor([1, 2, 4, 255]).repeat(64, 4, 1)
    losses = hinge_visual_semantic(scores, label, full_sum=full_sum)
    assert torch.equal(
        losses, (label != 255) * (2. if full_sum else 1.))
    losses.sum().backward()
    assert scores.grad[:, [0, 3]].abs().max() == 0
    assert scores.grad[:, [1, 2, 4]].abs().amin(
        (0, 2, 3)).shape == (3, ) and scores.grad.abs().max() > 0


def test_hinge_needs_two_classes():
    scores = torch.full((1, 3, 2, 2), MASKED_LOGIT)
    scores[:, 1] = 0
    with pytest.raises(ValueError, match='1 of 3 classes'):
        hinge_visual_semantic(scores, torch.ones(1, 2, 2, dtype=torch.long))


def test_cosine_by_hand():
    losses = cosine_regression(SCORES, LABEL)
    torch.testing.assert_close(losses, torch.tensor([[[-1., .6, 0.]]]))


def test_ale_by_hand():
    # Pixel 1: one violation of .8: beta_1 / 1 = 1.
    # Pixel 2: three, sum 3.7: (1 + 1/2 + 1/3) / 3.
    losses = weighted_approximate_ranking(SCORES, LABEL)
    second = 3.7 * (1 + 1 / 2 + 1 / 3) / 3
    torch.testing.assert_close(losses, torch.tensor([[[.8, second, 0.]]]))


def test_ale_of_a_safe_margin_is_zero_with_finite_gradient():
    scores = torch.tensor([[5., 0., MASKED_LOGIT]]).requires_grad_()
    losses = weighted_approximate_ranking(scores, torch.tensor([0]))
    losses.sum().backward()
    assert losses.item() == 0 and scores.grad.abs().max() == 0


@pytest.mark.parametrize(
    'function',
    [hinge_visual_semantic, cosine_regression, weighted_approximate_ranking])
def test_sets_of_vectors_and_ignored_labels(function):
    scores = torch.randn(3, 4, requires_grad=True)
    losses = function(scores, torch.tensor([7, 7, 7]), ignore_index=7)
    losses.sum().backward()
    assert losses.shape == (3, ) and losses.abs().max() == 0
    assert scores.grad.abs().max() == 0
