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
    logits = torch.randn(2, 4, 3, 3, generator=torch.manual_seed(0))
    batch = calibrated_prediction(logits, (0, 1), .2)
    single = [calibrated_prediction(one, (0, 1), .2) for one in logits]
    assert torch.equal(batch, torch.stack(single))


def test_masked_classes_never_win():
    # Seen 1 keeps less than nothing, unseen 2 rounds to a probability of 0.
    logits = torch.tensor([MASKED_LOGIT, 200., -200.])[:, None, None]
    assert calibrated_prediction(logits, (1, ), 1.).item() in (1, 2)
    assert logits.softmax(0)[2] == 0


@pytest.mark.parametrize('gamma', [-.1, 1.01, float('nan')])
def test_gamma_outside_its_range_is_an_error(gamma):
    with pytest.raises(ValueError, match=r'gamma must lie in \[0, 1\]'):
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
