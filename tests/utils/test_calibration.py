"""The calibrated decision and class masks."""
import pytest
import torch

from mmseg_zeroshot.utils import (
    MASKED_LOGIT,
    calibrated_prediction,
    mask_classes,
)


def test_calibration_lowers_seen_probabilities():
    probabilities = torch.tensor([[.6, .3, .1], [.5, .05, .45]])
    logits = probabilities.log().T[:, :, None]
    assert calibrated_prediction(logits, (0, 1), 0.).tolist() == [[0], [0]]
    assert calibrated_prediction(logits, (0, 1), .1).tolist() == [[0], [2]]
    assert calibrated_prediction(logits, (0, 1), .51).tolist() == [[2], [2]]


def test_batches_are_decided_alike():
    logits = torch.randn(2, 4, 3, 5, generator=torch.manual_seed(0))
    batch = calibrated_prediction(logits, (0, 1), .2, dim=1)
    single = [calibrated_prediction(one, (0, 1), .2) for one in logits]
    assert torch.equal(batch, torch.stack(single))
    known = calibrated_prediction(
        logits, (0, 1), .2, dim=1, winner=logits.argmax(1))
    assert torch.equal(batch, known)


@pytest.mark.parametrize('gamma', [.05, .2, .5, .9, 1.])
def test_decisions_are_the_argmax_of_lowered_probabilities(gamma):
    logits = 2 * torch.randn(7, 50, 40, generator=torch.manual_seed(0))
    scores = logits.double().softmax(0)
    scores[[0, 2, 3, 5]] -= gamma
    decision = calibrated_prediction(logits.double(), (0, 2, 3, 5), gamma)
    assert torch.equal(decision, scores.argmax(0))
    assert 0 < (decision != logits.argmax(0)).sum()


def test_without_an_unlowered_class_nothing_changes():
    logits = torch.randn(3, 4, 4, generator=torch.manual_seed(0))
    assert torch.equal(
        calibrated_prediction(logits, (0, 1, 2), .7), logits.argmax(0))


def test_masked_classes_never_win():
    # Seen 1 keeps less than nothing, unseen 2 rounds to a probability of 0.
    logits = torch.tensor([MASKED_LOGIT, 200., -200.])[:, None, None]
    assert calibrated_prediction(logits, (1, ), 1.).item() in (1, 2)
    assert logits.softmax(0)[2] == 0


@pytest.mark.parametrize('gamma', [-.1, 1.01, float('nan')])
def test_gamma_outside_its_range_is_an_error(gamma):
    with pytest.raises(ValueError, match=r'gamma must be in \[0, 1\]'):
        calibrated_prediction(torch.zeros(2, 1, 1), (0, ), gamma)


@pytest.mark.parametrize('dtype',
                         [torch.float16, torch.bfloat16, torch.float32])
def test_masked_classes_have_probability_zero(dtype):
    logits = mask_classes(torch.zeros(1, 3, 2, 2, dtype=dtype), (1, ))
    assert (logits[:, 1].float() <= MASKED_LOGIT * .99).all()
    resized = torch.nn.functional.interpolate(
        logits.float(), (5, 5), mode='bilinear')
    probabilities = resized.softmax(1)
    assert (probabilities[:, 1] == 0).all()
    assert probabilities.isfinite().all()


def test_nothing_to_mask_copies_nothing():
    logits = torch.zeros(1, 3, 2, 2)
    assert mask_classes(logits, ()) is logits
