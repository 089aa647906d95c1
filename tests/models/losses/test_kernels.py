import math

import pytest
import torch

from mmseg_zeroshot.models.losses import (
    PRINTED_BANDWIDTHS,
    RELEASED_BANDWIDTHS,
    kernel_plan,
    kernel_sums,
    median_bandwidths,
)


@pytest.mark.parametrize('bandwidths', [
    PRINTED_BANDWIDTHS, RELEASED_BANDWIDTHS, (1., ), (3., 3., 1.5),
    (.7, 1.1, 13., math.pi), (1e-3, 1e3), (5., 2., 60.)
])
def test_sums_equal_direct_exponentials(bandwidths):
    exponents = -torch.logspace(-8, 5, 200, dtype=torch.float64)
    values, slopes = kernel_sums(exponents, bandwidths, slopes=True)
    direct = [torch.exp(exponents / s**2) for s in bandwidths]
    torch.testing.assert_close(values, sum(direct), rtol=1e-11, atol=1e-290)
    torch.testing.assert_close(
        slopes,
        sum(k / s**2 for k, s in zip(direct, bandwidths)),
        rtol=1e-11,
        atol=1e-290)


def test_slopes_only_on_request():
    assert kernel_sums(torch.zeros(2), (1., ))[1] is None


def test_float32_sums_stay_within_rounding():
    exponents = -torch.logspace(-6, 4, 300)
    values, _ = kernel_sums(exponents, PRINTED_BANDWIDTHS)
    direct = sum(
        torch.exp(exponents.double() / s**2) for s in PRINTED_BANDWIDTHS)
    torch.testing.assert_close(values.double(), direct, rtol=0, atol=1e-5)


def test_no_subnormal_number_is_left():
    exponents = -torch.linspace(0, 1000, 2001)
    values, slopes = kernel_sums(exponents, (1., 2.), slopes=True)
    tiny = torch.finfo(torch.float32).tiny
    for sums in (values, slopes):
        assert bool(((sums == 0) | (sums >= tiny)).all())


def test_plan_squares_where_exact_and_only_there():
    # 1/sigma^2 of 20 is 4 times that of 40: two squarings. Not so 60 and 40,
    # 5 and 2.
    assert [n for _, n in kernel_plan(PRINTED_BANDWIDTHS)] == [
        -1, -1, 2, 2, 2, -1
    ]
    assert [n for _, n in kernel_plan(RELEASED_BANDWIDTHS)] == [
        -1, 1, 1, 1, 1, -1
    ]
    # Almost a power of two is none.
    assert [n for _, n in kernel_plan((2., 1.0000001))] == [-1, -1]


@pytest.mark.parametrize('bandwidths, message', [
    ((), 'empty'),
    ((1., 0.), '0.0'),
    ((-2., ), '-2.0'),
    ((math.nan, ), 'nan'),
    ((math.inf, ), 'inf'),
])
def test_bad_bandwidths(bandwidths, message):
    with pytest.raises(ValueError, match=message):
        kernel_sums(torch.zeros(2), bandwidths)


def test_median_bandwidths():
    # Distances of 0, 1 and 3 on a line: 1, 2, 3.
    line = torch.tensor([[0.], [1.], [3.]])
    assert median_bandwidths(line, (.5, 1., 2.)) == (1., 2., 4.)


@pytest.mark.parametrize('vectors', [
    torch.zeros(1, 3), torch.zeros(3), torch.zeros(4, 3),
    torch.full((3, 2), math.nan)
])
def test_median_bandwidths_bad_input(vectors):
    with pytest.raises(ValueError, match='median'):
        median_bandwidths(vectors)
