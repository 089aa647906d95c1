"""The gamma curve against one evaluation per gamma."""
import numpy as np
import pytest
import torch

from mmseg_zeroshot.evaluation import (
    GammaCurve,
    confusion_matrix,
    zero_shot_scores,
)
from mmseg_zeroshot.evaluation._turning_points import max_over_classes
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import (
    MASKED_LOGIT,
    calibrated_prediction,
    calibration,
)

CLASSES = ['sky', 'cow', 'sea', 'cat', 'sand', 'void']
SPLIT = ClassSplit(CLASSES, unseen=['cow', 'cat'], ignored=['void'])
GAMMAS = np.linspace(0, 1, 21)


def brute_force(probabilities, label, gamma, split):
    """One evaluation: lower the seen classes, argmax, count."""
    scores = torch.as_tensor(probabilities).clone()
    scores[list(split.seen_ids)] -= gamma
    scores[list(split.ignored_ids)] = -2
    label = torch.as_tensor(label).clone()
    for class_id in split.ignored_ids:
        label[label == class_id] = 255
    return confusion_matrix(
        scores.argmax(0), label, split.num_classes).numpy()


def random_image(seed, sharpness, dtype=torch.float32, size=(40, 50)):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(
        (len(CLASSES), *size), generator=generator, dtype=dtype)
    logits[5] = -1e4
    label = torch.randint(0, 6, size, generator=generator)
    label[:4] = 255
    return (sharpness * logits).softmax(0), label


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
@pytest.mark.parametrize('gammas', [
    GAMMAS, np.linspace(0, 1, 101), [0., .013, .5, .7001, .70011], [.3]])
def test_equals_brute_force(dtype, gammas):
    curve = GammaCurve(SPLIT, gammas)
    want = np.zeros((len(gammas), 6, 6), dtype=int)
    for seed, sharpness in enumerate([.3, 1, 4, 30]):
        scores, label = random_image(seed, sharpness, dtype)
        curve.update(scores, label)
        want += [brute_force(scores, label, g, SPLIT) for g in gammas]
    for gamma, row, matrix in zip(gammas, curve.table(), want):
        np.testing.assert_array_equal(curve.confusion(gamma), matrix)
        assert curve.at(gamma) == zero_shot_scores(matrix, SPLIT)
        assert row == dict(gamma=gamma, **zero_shot_scores(matrix, SPLIT))


@pytest.mark.parametrize('steps', [4, 10, 16, 20])
def test_equals_brute_force_where_everything_ties(steps):
    """Probabilities on the grid itself: seen and unseen are often equal."""
    split = ClassSplit(CLASSES, unseen=['cow', 'cat'])
    rng = np.random.default_rng(steps)
    counts = rng.multinomial(steps, np.full(6, 1 / 6), (30, 40))
    scores = torch.tensor(
        counts.transpose(2, 0, 1) / steps, dtype=torch.float32)
    label = torch.tensor(rng.integers(0, 6, (30, 40)))
    curve = GammaCurve(split, GAMMAS)
    curve.update(scores, label)
    for gamma in GAMMAS:
        np.testing.assert_array_equal(
            curve.confusion(gamma),
            brute_force(scores, label, gamma, split), f'gamma {gamma}')


def test_equals_brute_force_for_neighbouring_floats():
    """Two seen classes one float apart may tie once gamma is taken off."""
    split = ClassSplit(['sky', 'sea', 'cow'], unseen=['cow'])
    rng = np.random.default_rng(0)
    high = torch.tensor(
        rng.uniform(.26, .5, 4000).astype(np.float32)).view(1, 40, 100)
    low = torch.nextafter(high, torch.zeros(()))
    scores = torch.cat([low, high, 1 - low - high])
    label = torch.zeros(40, 100, dtype=torch.long)
    gammas = np.linspace(0, 1, 101)
    curve = GammaCurve(split)
    curve.update(scores, label)
    turned = 0
    for gamma in gammas:
        want = brute_force(scores, label, gamma, split)
        np.testing.assert_array_equal(curve.confusion(gamma), want)
        turned += want[0, 0]
    assert turned  # the case is not empty: sky wins although it is lower


@pytest.mark.parametrize('size', [(30, 31), (211, 200)])
@pytest.mark.parametrize('dtype', [
    torch.float32, torch.float64, torch.float16])
def test_logits_equal_the_decisions_of_the_heads(monkeypatch, size, dtype):
    """In whatever parts they are counted, and also of equal scores."""
    monkeypatch.setattr(calibration, 'SCORES_AT_ONCE', 6000)
    generator = torch.Generator().manual_seed(1)
    logits = 2 * torch.randn((6, *size), generator=generator).to(dtype)
    logits[:, :9] = logits[:, :9].round()  # many are equal
    logits[:, 9:12] *= 1e-4  # their exponentials are
    logits[5] = MASKED_LOGIT
    label = torch.randint(0, 5, size, generator=generator)
    curve = GammaCurve(SPLIT)
    curve.update_logits(logits, label)
    known = GammaCurve(SPLIT)
    known.update_logits(logits, label, logits.argmax(0))
    for gamma in np.linspace(0, 1, 101):
        decision = calibrated_prediction(logits, SPLIT.seen_ids, gamma)
        want = confusion_matrix(decision, label, 6)
        np.testing.assert_array_equal(curve.confusion(gamma), want)
        np.testing.assert_array_equal(known.confusion(gamma), want)
    assert curve.num_images == 1


def test_logits_are_counted_as_their_probabilities():
    """But for the last digit of a softmax."""
    generator = torch.Generator().manual_seed(2)
    one, two = GammaCurve(SPLIT), GammaCurve(SPLIT)
    logits = 3 * torch.randn((6, 300, 200), generator=generator)
    logits[5] = MASKED_LOGIT
    label = torch.randint(0, 6, (300, 200), generator=generator)
    one.update(logits.softmax(0), label)
    two.update_logits(logits, label)
    for gamma in GAMMAS:
        difference = one.confusion(gamma) - two.confusion(gamma)
        assert np.abs(difference).sum() <= 4
    with pytest.raises(ValueError, match='NaN'):
        two.update_logits(logits * torch.nan, label)


def test_logits_of_a_plain_head_are_counted_without_ignored_classes():
    generator = torch.Generator().manual_seed(3)
    logits = torch.randn((6, 20, 20), generator=generator)
    label = torch.randint(0, 5, (20, 20), generator=generator)
    one, two = GammaCurve(SPLIT), GammaCurve(SPLIT)
    one.update_logits(logits, label)
    two.update(logits.softmax(0), label)
    for gamma in (0, .3):
        np.testing.assert_array_equal(
            one.confusion(gamma), two.confusion(gamma))
        assert not one.confusion(gamma)[:, 5].any()
    assert one.num_images == 1


def test_ignored_class_of_a_plain_head_does_not_compete():
    scores = torch.tensor([.1, .15, .1, .1, .05, .5]).view(6, 1, 1)
    curve = GammaCurve(SPLIT)
    curve.update(scores, torch.tensor([[1]]))
    assert curve.confusion(0)[1].tolist() == [0, 1, 0, 0, 0, 0]


def test_low_precision_is_decided_in_float32():
    scores, label = random_image(3, 1)
    low = scores.half()
    one, two = GammaCurve(SPLIT), GammaCurve(SPLIT)
    one.update(low, label)
    two.update(low.float().numpy(), label.numpy())
    for gamma in (0, .1, .5):
        np.testing.assert_array_equal(
            one.confusion(gamma), two.confusion(gamma))


def test_best_and_area_by_hand():
    """Three pixels: a right sky, a right cow, a cow hidden until .4."""
    split = ClassSplit(['sky', 'cow'], unseen=['cow'])
    sky = torch.tensor([[.995, .2, .7]])
    curve = GammaCurve(split)
    curve.update(torch.stack([sky, 1 - sky]), torch.tensor([[0, 1, 1]]))
    assert curve.num_images == 1
    assert curve.at(0)['seen']['mIoU'] == 50
    assert curve.at(0)['unseen']['mIoU'] == 50
    best = curve.best()
    assert best['gamma'] == pytest.approx(.4, abs=.0101)
    assert best['hIoU'] == 100
    # Then all is cow: seen 0, unseen 2/3. Seen goes 50 -> 100 -> 0.
    assert curve.at(1)['unseen']['mIoU'] == pytest.approx(200 / 3)
    assert curve.area() == pytest.approx(
        -.5 * (50 + 100) / 2 + (100 + 200 / 3) / 2)


@pytest.mark.parametrize('sure, area', [(1., 0), (.9, 75)])
def test_area_is_no_measure_of_being_right(sure, area):
    """Always right, at gamma 0; sure, it stays so and spans nothing."""
    split = ClassSplit(['sky', 'cow'], unseen=['cow'])
    sky = torch.tensor([[sure, 1 - sure]])
    curve = GammaCurve(split)
    curve.update(torch.stack([sky, 1 - sky]), torch.tensor([[0, 1]]))
    assert curve.at(0)['hIoU'] == 100
    # Not sure, all is cow at the end: seen 100 -> 0, unseen 100 -> 50.
    assert curve.area() == pytest.approx(area)


def test_best_needs_pixels_of_both_groups():
    scores, label = random_image(0, 1)
    curve = GammaCurve(SPLIT)
    curve.update(scores, torch.full_like(label, 255))
    with pytest.raises(ValueError, match='no pixel of seen or unseen'):
        curve.best()


def test_max_over_classes_prefers_the_lowest_id():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randint(0, 4, (7, 500), generator=generator) / 4.
    values, ids, _ = max_over_classes(scores)
    want, _ = scores.max(0)
    assert torch.equal(values, want)
    assert ids.tolist() == scores.numpy().argmax(0).tolist()
    many = torch.rand((300, 20), generator=generator)
    assert torch.equal(max_over_classes(many)[1], many.argmax(0))


@pytest.mark.parametrize('gammas, message', [
    ([0, 1.2], r'gamma must be in \[0, 1\], got 1.2'),
    ([-.1], 'got -0.1'),
    ([float('nan')], 'got nan'),
    ([.5, .5], 'must ascend'),
    ([], 'gammas is empty'),
])
def test_wrong_grids_are_errors(gammas, message):
    with pytest.raises(ValueError, match=message):
        GammaCurve(SPLIT, gammas)


def test_split_without_unseen_classes_is_an_error():
    with pytest.raises(ValueError, match='nothing to calibrate'):
        GammaCurve(ClassSplit.supervised(CLASSES))


@pytest.mark.parametrize('change, message', [
    (lambda p, y: (p.log(), y), 'for logits pass logits.softmax'),
    (lambda p, y: (p[:5], y), r'must be \(6, H, W\)'),
    (lambda p, y: (p, y[:9]), "resize these to the label's size"),
    (lambda p, y: (p, y + 200), 'label id 200 is outside the 6 classes'),
    (lambda p, y: (p.where(torch.arange(50) != 3, torch.nan), y), 'NaN'),
])
def test_wrong_images_are_errors(change, message):
    scores, label = random_image(0, 1)
    label[0, 0] = 0
    curve = GammaCurve(SPLIT)
    with pytest.raises(ValueError, match=message):
        curve.update(*change(scores, label))
    assert curve.num_images == 0


def test_gamma_off_the_grid_is_an_error():
    with pytest.raises(ValueError, match=r'nearest is 0\.12'):
        GammaCurve(SPLIT).at(.123)
