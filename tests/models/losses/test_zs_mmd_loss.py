import math

import pytest
import torch
from mmseg.registry import MODELS

from mmseg_zeroshot.models.losses import (
    Selection,
    SelectionTotals,
    ZSMMDLoss,
    mmd2,
    own_class_confidence,
)

from .pairs import form, mmd2_of_pairs

BANDWIDTHS = (.5, 1., 2.)
CONFIDENCE = torch.tensor([[.9, .3, .8, 0., .75],  # three above .7
                           [.2, .1, 0., .69, .7],  # none: .7 is not above .7
                           [.95, .99, .71, .9, .8]]).double()


def sets(seed=0):
    generator = torch.Generator().manual_seed(seed)
    pseudo = torch.randn(3, 5, 4, generator=generator, dtype=torch.float64)
    fresh = torch.randn(3, 6, 4, generator=generator, dtype=torch.float64)
    return pseudo, fresh.requires_grad_()


def loss(**overrides):
    return ZSMMDLoss(**dict(
        dict(tau=.7, gamma=.5, bandwidths=BANDWIDTHS), **overrides))


@pytest.mark.parametrize('weighting', ['normalized', 'raw'])
def test_equals_the_equation_over_pairs(weighting):
    pseudo, fresh = sets()
    value, _ = loss(weighting=weighting)(pseudo, CONFIDENCE, fresh, [4, 5, 6])
    total = 0.
    for a, c, b in zip(pseudo, CONFIDENCE, fresh):
        a, c = a[c > .7], c[c > .7]
        if len(a):
            weights = c / (len(c) if weighting == 'raw' else c.sum())
            total += mmd2_of_pairs(a, b, BANDWIDTHS, weights)
    assert value.item() == pytest.approx(.5 * total / 3, abs=1e-10)


def test_equal_weighting_takes_every_pseudo_feature():
    pseudo, fresh = sets()
    value, log = loss(weighting='equal')(pseudo, CONFIDENCE, fresh, range(3))
    expected = .5 * mmd2(pseudo, fresh, BANDWIDTHS).mean()
    torch.testing.assert_close(value, expected)
    assert log.selected.tolist() == [5, 5, 5]


def test_zero_on_equal_sets_only_when_normalized():
    pseudo, _ = sets()
    confidence = torch.full((3, 5), .8).double()
    normalized, _ = loss()(pseudo, confidence, pseudo, range(3))
    raw, _ = loss(weighting='raw')(pseudo, confidence, pseudo, range(3))
    assert normalized.item() == pytest.approx(0, abs=1e-10)
    # (.8 - 1)^2 times the mean kernel.
    expected = sum(
        .2**2 * form(a, a, [.2] * 5, [.2] * 5, BANDWIDTHS)
        for a in pseudo.tolist())
    assert raw.item() == pytest.approx(.5 * expected / 3, rel=1e-6)


def test_what_was_selected():
    pseudo, fresh = sets()
    _, log = loss()(pseudo, CONFIDENCE, fresh, torch.tensor([4, 5, 6]))
    assert log.offered.tolist() == [5, 5, 5]
    assert log.selected.tolist() == [3, 0, 5]
    expected = [(.9 + .8 + .75) / 3, 0, (.95 + .99 + .71 + .9 + .8) / 5]
    assert log.confidence.tolist() == pytest.approx(expected)


def test_totals_weigh_steps_by_what_they_selected():
    totals = SelectionTotals([4, 8])
    assert totals.pop() == []
    totals.add(Selection(*torch.tensor([[5, 5], [3, 0], [.8, 0.]])))
    totals.add(Selection(*torch.tensor([[5, 5], [1, 0], [.6, 0.]])))
    first, second = totals.pop()
    assert first[:4] == (4, 2, 10, 4) and second == (8, 2, 10, 0, None)
    assert first.confidence == pytest.approx((3 * .8 + .6) / 4)
    assert totals.pop() == []


def test_gradient_reaches_fresh_vectors_only():
    pseudo, fresh = sets()
    pseudo.requires_grad_()
    confidence = CONFIDENCE.clone().requires_grad_()
    value, _ = loss()(pseudo, confidence, fresh, range(3))
    value.backward()
    assert pseudo.grad is None and confidence.grad is None
    assert fresh.grad[0].abs().max() > 0 and fresh.grad[2].abs().max() > 0
    assert fresh.grad[1].abs().max() == 0


@pytest.mark.parametrize('confidence, overrides', [
    (torch.full((3, 5), .6), {}),
    (torch.zeros(3, 5), {}),
    (torch.eye(5)[:3], {}),  # one vector each: too few
    (torch.ones(3, 5), dict(gamma=0.)),
])
def test_a_step_that_selects_nothing_is_exactly_zero(confidence, overrides):
    pseudo, fresh = sets()
    value, _ = loss(**overrides)(pseudo, confidence, fresh, range(3))
    assert value.item() == 0 and value.requires_grad
    value.backward()
    assert torch.equal(fresh.grad, torch.zeros_like(fresh))


def test_zero_survives_float16_vectors_beyond_its_sum():
    fresh = torch.full((2, 500, 500), 60000.).half().requires_grad_()
    value, _ = loss()(fresh, torch.zeros(2, 500), fresh, range(2))
    assert value.item() == 0


def test_start_counts_from_zero():
    criterion = loss(start=10)
    assert [criterion.begun(i) for i in (0, 9, 10, None)] == [
        False, False, True, True]


def test_lists_of_sets_of_different_sizes():
    pseudo, fresh = sets()
    sizes = (4, 2, 5)
    confidence = torch.full((3, 5), .9).double()
    for weighting in ('normalized', 'raw', 'equal'):
        criterion = loss(weighting=weighting)
        value, log = criterion(
            [p[:n] for p, n in zip(pseudo, sizes)],
            [c[:n] for c, n in zip(confidence, sizes)], fresh, range(3))
        each = [
            criterion(pseudo[i:i + 1, :n], confidence[i:i + 1, :n],
                      fresh[i:i + 1], [i])[0] for i, n in enumerate(sizes)
        ]
        torch.testing.assert_close(value, sum(each) / 3)
        assert log.selected.tolist() == log.offered.tolist() == [4, 2, 5]


def test_autocast_is_finite():
    pseudo, fresh = sets()
    low = fresh.detach().bfloat16().requires_grad_()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        value, _ = loss()(pseudo.bfloat16(), CONFIDENCE.bfloat16(), low,
                          range(3))
    value.backward()
    assert math.isfinite(value.item()) and value.item() > 0
    assert bool(low.grad.isfinite().all())


def test_own_class_confidence():
    # Two classes of two vectors; scores are log-probabilities.
    logits = torch.tensor([[[.8, .1, .1], [.3, .6, .1]],
                           [[.2, .5, .3], [.1, .1, .8]]]).log()
    confidence = own_class_confidence(
        logits.requires_grad_(), torch.tensor([0, 1]))
    torch.testing.assert_close(confidence, torch.tensor([[.8, 0.], [.5, 0.]]))
    assert not confidence.requires_grad


def test_nan_logits_are_not_hidden():
    logits = torch.zeros(1, 3, 4)
    logits[0, 1, 2] = math.nan
    confidence = own_class_confidence(logits, torch.tensor([0]))
    with pytest.raises(ValueError, match=r'class ids \[7\].*NaN'):
        loss()(torch.zeros(1, 3, 2), confidence, torch.zeros(1, 3, 2), [7])


@pytest.mark.parametrize('config, message', [
    (dict(tau=0.), r'tau=0.0 must be in \(0, 1\)'),
    (dict(tau=1.), 'tau=1.0'),
    (dict(tau=math.nan), 'tau=nan'),
    (dict(gamma=-.1), 'gamma=-0.1'),
    (dict(gamma=math.nan), 'gamma=nan'),
    (dict(start=-1), 'start=-1'),
    (dict(min_selected=1), 'min_selected=1'),
    (dict(weighting='none'), "weighting='none'"),
    (dict(bandwidths=(0., )), 'bandwidths'),
    (dict(loss_name='zs_mmd'), "must contain 'loss'"),
])
def test_bad_configs(config, message):
    with pytest.raises(ValueError, match=message):
        ZSMMDLoss(**config)


def test_start_beyond_the_last_iteration():
    with pytest.raises(ValueError, match='start=99.*100 iterations'):
        ZSMMDLoss(start=99).check_schedule(100)
    ZSMMDLoss(start=98).check_schedule(100)


@pytest.mark.parametrize('pseudo, confidence, fresh, labels, message', [
    ((2, 1, 3), (2, 1), (2, 5, 3), 2, 'pseudo has 1 vector'),
    ((2, 5, 3), (2, 5), (2, 1, 3), 2, 'generated has 1 vector'),
    ((2, 5, 3), (2, 4), (2, 5, 3), 2, r'\(2, 4\)'),
    ((2, 5, 3), (2, 5), (3, 5, 3), 2, r'\(3, 5, 3\)'),
    ((2, 5, 3), (2, 5), (2, 5, 3), 3, '3 labels'),
])
def test_bad_shapes(pseudo, confidence, fresh, labels, message):
    with pytest.raises(ValueError, match=message):
        loss()(torch.zeros(pseudo), torch.ones(confidence),
               torch.zeros(fresh), range(labels))


@pytest.mark.parametrize('value', [math.nan, -.1, 1.5, math.inf])
def test_bad_confidence_names_the_class(value):
    pseudo, fresh = sets()
    confidence = CONFIDENCE.clone()
    confidence[1, 2] = value
    with pytest.raises(ValueError, match=r'class ids \[8\]'):
        loss()(pseudo, confidence, fresh, [4, 8, 6])


def test_lists_must_match():
    with pytest.raises(ValueError, match=r'\[3\].*\[2\]'):
        loss()([torch.zeros(3, 2)], [torch.ones(2)], torch.zeros(1, 3, 2),
               [0])


def test_registered_under_its_name():
    built = MODELS.build(dict(type='ZSMMDLoss', tau=.85, gamma=1 / 40))
    assert isinstance(built, ZSMMDLoss) and built.loss_name == 'loss_zs_mmd'
