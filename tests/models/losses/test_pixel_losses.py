import pytest
import torch
from mmseg.registry import MODELS

from mmseg_zeroshot.models.losses import (
    ALELoss,
    CosineLoss,
    HingeVisualSemanticLoss,
    weighted_approximate_ranking,
)

SCORES = torch.tensor([[.2, -.5], [.9, .4], [0., 0.]]).reshape(1, 2, 1, 3)
LABEL = torch.tensor([[[0, 1, 255]]])
ALL = [HingeVisualSemanticLoss, CosineLoss, ALELoss]


def test_mean_is_over_pixels_that_are_not_ignored():
    # Cosine of the true class: reshape gives class 0 = (.2, -.5, .9) and
    # class 1 = (.4, 0, 0); 1 - .2 = .8 and 1 - 0 = 1.
    loss = CosineLoss(loss_weight=2.)
    assert loss(SCORES, LABEL).item() == pytest.approx(2 * .9, rel=1e-5)


def test_weight_average_and_override():
    loss = CosineLoss()
    weight = torch.tensor([[[3., 0., 5.]]])
    assert loss(SCORES, LABEL, weight=weight).item() == pytest.approx(
        1.2, rel=1e-5)
    # The samplers of MMSeg give (N, 1, H, W).
    assert loss(SCORES, LABEL, weight=weight[:, None]).item() == pytest.approx(
        1.2, rel=1e-5)
    assert loss(SCORES, LABEL, avg_factor=4).item() == pytest.approx(
        .45, rel=1e-5)
    torch.testing.assert_close(
        loss(SCORES, LABEL, reduction_override='none'),
        torch.tensor([[[.8, 1., 0.]]]))
    assert loss(
        SCORES, LABEL, reduction_override='sum').item() == pytest.approx(1.8)


def test_modules_are_their_functions():
    scores = torch.randn(2, 5, 3, 3)
    label = torch.randint(5, (2, 3, 3))
    expected = weighted_approximate_ranking(scores, label, margin=.3)
    torch.testing.assert_close(
        ALELoss(margin=.3)(scores, label), expected.mean())
    hinge = HingeVisualSemanticLoss(margin=.3, full_sum=True)
    by_hand = (.3 + scores - scores.gather(1, label[:, None])).clamp(min=0)
    torch.testing.assert_close(
        hinge(scores, label), (by_hand.sum(1) - .3).mean())


@pytest.mark.parametrize('module', ALL)
def test_an_image_without_labels_costs_zero(module):
    scores = torch.randn(1, 4, 2, 2, requires_grad=True)
    loss = module()(scores, torch.full((1, 2, 2), 255))
    loss.backward()
    assert loss.item() == 0 and scores.grad.abs().max() == 0


@pytest.mark.parametrize('module', ALL)
def test_low_precision(module):
    scores = torch.randn(1, 4, 8, 8).bfloat16().requires_grad_()
    label = torch.randint(4, (1, 8, 8))
    with torch.autocast('cpu', dtype=torch.bfloat16):
        loss = module()(scores, label)
    loss.backward()
    assert loss.dtype == torch.float32 and bool(loss.isfinite())
    assert bool(scores.grad.isfinite().all())


@pytest.mark.parametrize('module, name', [
    (HingeVisualSemanticLoss, 'loss_hinge'),
    (CosineLoss, 'loss_cosine'),
    (ALELoss, 'loss_ale'),
])
def test_registered_and_checked(module, name):
    assert MODELS.build(dict(type=module.__name__)).loss_name == name
    with pytest.raises(ValueError, match="must contain 'loss'"):
        module(loss_name='hinge')
    with pytest.raises(ValueError, match="reduction='max'"):
        module(reduction='max')
    with pytest.raises(ValueError, match="reduction_override='max'"):
        module()(SCORES, LABEL, reduction_override='max')


@pytest.mark.parametrize('module', [HingeVisualSemanticLoss, ALELoss])
def test_margin_must_be_positive(module):
    with pytest.raises(ValueError, match=f'{module.__name__}.*margin=0'):
        module(margin=0.)
