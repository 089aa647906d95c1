import math

import pytest
import torch

from mmseg_zeroshot.models.losses import (
    PRINTED_BANDWIDTHS,
    mmd2,
    weighted_mmd2,
)

from .pairs import mmd2_of_pairs

BANDWIDTHS = (.5, 1., 2., 3.)


def sets(classes=3, n=5, m=7, width=4, dtype=torch.float64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    real = torch.randn(classes, n, width, generator=generator, dtype=dtype)
    other = torch.randn(classes, m, width, generator=generator, dtype=dtype)
    return real, other + .5


def tidy(x, y, weight_x, weight_y, bandwidths):
    """One Gram matrix through autograd, the gradients' reference."""
    z, s = torch.cat((x, y)), torch.cat((weight_x, -weight_y))
    distances = (z[:, None] - z[None]).square().sum(2)
    kernels = sum(torch.exp(-distances / (2 * b * b)) for b in bandwidths)
    return s @ kernels @ s


def test_value_by_hand():
    # Two points 0 and 2 against two points at 0, one sigma of 1:
    # k(0, 2) = e^-2; (2 + 2e)/4 + 1 - 2 (2 + 2e)/4 = (1 - e^-2) / 2.
    real = torch.tensor([[[0.], [2.]]], dtype=torch.float64)
    value = mmd2(real, torch.zeros_like(real), (1., ))
    assert value.item() == pytest.approx((1 - math.exp(-2)) / 2, abs=1e-12)


@pytest.mark.parametrize('bandwidths', [BANDWIDTHS, PRINTED_BANDWIDTHS])
@pytest.mark.parametrize('n, m', [(5, 7), (7, 5), (6, 6)])
def test_mmd2_equals_double_loop_over_pairs(n, m, bandwidths):
    real, generated = sets(n=n, m=m)
    expected = [
        mmd2_of_pairs(x, y, bandwidths) for x, y in zip(real, generated)
    ]
    values = mmd2(real, generated, bandwidths)
    assert values.tolist() == pytest.approx(expected, abs=1e-12)


def test_weighted_equals_double_loop_over_pairs():
    x, y = sets()
    weight_x, weight_y = torch.rand(3, 5).double(), torch.rand(3, 7).double()
    expected = [
        mmd2_of_pairs(*rows[:2], BANDWIDTHS, *rows[2:])
        for rows in zip(x, y, weight_x, weight_y)
    ]
    values = weighted_mmd2(x, y, weight_x, weight_y, BANDWIDTHS)
    assert values.tolist() == pytest.approx(expected, abs=1e-12)
    single = weighted_mmd2(x[0], y[0], weight_x[0], weight_y[0], BANDWIDTHS)
    assert single.shape == () and single.item() == pytest.approx(expected[0])


@pytest.mark.parametrize('learning', ['x', 'y', 'both'])
def test_gradients_equal_autograd(learning):
    x, y = sets()
    weight_x, weight_y = torch.rand(3, 5).double(), torch.rand(3, 7).double()
    x.requires_grad_(learning != 'y')
    y.requires_grad_(learning != 'x')
    factors = torch.tensor([1., -2., 3.], dtype=torch.float64)
    values = weighted_mmd2(x, y, weight_x, weight_y, BANDWIDTHS)
    (values * factors).sum().backward()
    grads = x.grad, y.grad
    x.grad = y.grad = None
    for f, *rows in zip(factors, x, y, weight_x, weight_y):
        (f * tidy(*rows, BANDWIDTHS)).backward()
    for ours, reference in zip(grads, (x.grad, y.grad)):
        if reference is None:
            assert ours is None
        else:
            torch.testing.assert_close(ours, reference, rtol=1e-10, atol=1e-12)


def test_gradcheck_weighted_both_sides():
    x, y = sets(classes=2, n=3, m=4, width=2)
    weights = torch.tensor([[.2, .5, .3], [0., 1., .5]]).double()
    assert torch.autograd.gradcheck(
        lambda a, b: weighted_mmd2(a, b, weights, bandwidths=BANDWIDTHS),
        (x.requires_grad_(), y.requires_grad_()))


def test_equal_weights_give_mmd2():
    real, generated = sets()
    torch.testing.assert_close(
        weighted_mmd2(real, generated, torch.full((3, 5), .2),
                      torch.full((3, 7), 1 / 7), BANDWIDTHS),
        mmd2(real, generated, BANDWIDTHS), rtol=1e-6, atol=1e-7)


def test_symmetric():
    real, generated = sets()
    torch.testing.assert_close(
        mmd2(real, generated), mmd2(generated, real), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize('padding', [0., 1e3])
def test_padding_by_zero_weights_changes_nothing(padding):
    x, y = sets()
    y.requires_grad_()
    sizes = (2, 5, 3)
    weight = torch.zeros(3, 5).double()
    padded = torch.full_like(x, padding)
    for i, size in enumerate(sizes):
        weight[i, :size] = 1 / size
        padded[i, :size] = x[i, :size]
    values = weighted_mmd2(padded, y, weight, bandwidths=BANDWIDTHS)
    grad, = torch.autograd.grad(values.sum(), y)
    for i, size in enumerate(sizes):
        alone = mmd2(x[i:i + 1, :size], y[i:i + 1], BANDWIDTHS)
        expected, = torch.autograd.grad(alone.sum(), y)
        torch.testing.assert_close(
            values[i:i + 1], alone, rtol=1e-9, atol=1e-10)
        torch.testing.assert_close(
            grad[i], expected[i], rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
@pytest.mark.parametrize('scale', [0., 1e-30, 1e-6, 1., 30., 1e6])
def test_identical_sets_give_zero_and_finite_gradients(dtype, scale):
    real, _ = sets(n=6, dtype=dtype)
    real = real * scale
    generated = real.clone().requires_grad_()
    values = mmd2(real, generated)
    values.sum().backward()
    assert values.abs().max() < 1e-5
    assert bool(generated.grad.isfinite().all())
    assert generated.grad.abs().max() < 1e-4


@pytest.mark.parametrize('scale', [0., 1e-30, 1e-3, 1., 100., 1e6])
def test_finite_at_every_scale(scale):
    real, generated = sets(dtype=torch.float32)
    generated = (generated * scale).requires_grad_()
    values = mmd2(real * scale, generated)
    values.sum().backward()
    assert bool(values.isfinite().all()) and bool((values >= 0).all())
    assert bool(generated.grad.isfinite().all())


@pytest.mark.parametrize('bad', [math.nan, math.inf])
def test_nan_is_not_hidden(bad):
    real, generated = sets(n=33, m=40)
    real[1, 2, 3] = bad
    assert mmd2(real, generated).isnan().tolist() == [False, True, False]


def test_far_from_the_origin_keeps_its_digits():
    real, generated = sets(dtype=torch.float32)
    shift = 1000.
    expected = mmd2(real.double() + shift, generated.double() + shift)
    ours = mmd2(real + shift, generated + shift)
    torch.testing.assert_close(
        ours.double(), expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_low_precision_inputs_are_widened(dtype):
    real, generated = sets(width=64, dtype=torch.float32)
    low, grad = generated.to(dtype).requires_grad_(), None
    with torch.autocast('cpu', dtype=dtype):
        values = mmd2(real.to(dtype), low)
    values.sum().backward()
    grad = low.grad
    wide = low.detach().double().requires_grad_()
    expected = mmd2(real.to(dtype).double(), wide)
    expected.sum().backward()
    assert values.dtype == torch.float32 and grad.dtype == dtype
    torch.testing.assert_close(
        values.double(), expected.detach(), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(
        grad.double(), wide.grad, rtol=1e-2, atol=1e-5)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_autocast_changes_no_value(dtype):
    real, generated = sets(width=64, dtype=torch.float32)
    with torch.autocast('cpu', dtype=dtype):
        inside = mmd2(real, generated)
    assert torch.equal(inside, mmd2(real, generated))


def test_float64_stays_float64_and_inputs_are_untouched():
    real, generated = sets()
    before = real.clone(), generated.clone()
    assert mmd2(real, generated).dtype == torch.float64
    assert torch.equal(real, before[0]) and torch.equal(generated, before[1])


def test_no_grad_gives_the_same_value():
    real, generated = sets()
    expected = mmd2(real, generated.requires_grad_())
    with torch.no_grad():
        value = mmd2(real, generated)
    assert not value.requires_grad and torch.allclose(value, expected)


def test_backward_frees_all_but_the_gradient():
    real, generated = sets(n=50, m=60)
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(
            lambda t: kept.append(t.numel()) or t, lambda t: t):
        mmd2(real, generated.requires_grad_())
    assert sum(kept) == generated.numel()


def test_no_second_derivative():
    real, generated = sets()
    generated.requires_grad_()
    grad, = torch.autograd.grad(
        mmd2(real, generated).sum(), generated, create_graph=True)
    with pytest.raises(RuntimeError, match='does not require grad'):
        grad.sum().backward()


@pytest.mark.parametrize('x, y, message', [
    ((2, 4), (2, 3, 4), 'batches'),
    ((3, 5, 4), (3, 5, 3), 'width'),
    ((3, 5, 4), (2, 5, 4), 'number of classes'),
    ((3, 1, 4), (3, 5, 4), 'one vector'),
    ((5, 4), (1, 4), 'one vector'),
])
def test_bad_shapes(x, y, message):
    with pytest.raises(ValueError, match=message):
        weighted_mmd2(torch.zeros(x), torch.zeros(y))


def test_mmd2_takes_batches_only():
    with pytest.raises(ValueError, match=r'\(5, 4\)'):
        mmd2(torch.zeros(5, 4), torch.zeros(5, 4))


@pytest.mark.parametrize('weight, message', [
    ([[.5, .5], [-.1, 1.1]], 'smallest weight of -0.1'),
    ([[.5, .5], [0., 0.]], 'smallest sum of 0'),
    ([[.5, .5], [math.nan, 1.]], 'finite'),
    ([[.5, .5], [math.inf, 1.]], 'finite'),
    ([.5, .5], 'weight_x has shape'),
])
def test_bad_weights(weight, message):
    with pytest.raises(ValueError, match=message):
        weighted_mmd2(torch.zeros(2, 2, 3), torch.zeros(2, 4, 3),
                      torch.tensor(weight))
    if 'shape' not in message:
        with pytest.raises(ValueError, match='weight_y'):
            weighted_mmd2(torch.zeros(2, 4, 3), torch.zeros(2, 2, 3), None,
                          torch.tensor(weight))
