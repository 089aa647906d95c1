"""Sums of Gaussian kernels over several bandwidths, few exponentials each."""
from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

PRINTED_BANDWIDTHS = (2., 5., 10., 20., 40., 60.)
"""The sigmas of ZS3Net, section 3.1."""

# Every squaring doubles the relative rounding error of a kernel value, and
# two of them cost as much as a fresh exponential.
_MAX_SQUARINGS = 2


def check_bandwidths(bandwidths: Sequence[float]) -> tuple[float, ...]:
    """Return the bandwidths as a tuple of floats.

    Raises:
        ValueError: There is none, or one is not a positive finite number.
    """
    checked = tuple(float(sigma) for sigma in bandwidths)
    if not checked:
        raise ValueError('bandwidths is empty: give at least one sigma, for '
                         f'instance {PRINTED_BANDWIDTHS}')
    for sigma in checked:
        if not (math.isfinite(sigma) and sigma > 0):
            raise ValueError(f'bandwidths holds {sigma!r}: every sigma must '
                             'be a positive finite number')
    return checked


@lru_cache(maxsize=64)
def kernel_plan(
        bandwidths: tuple[float, ...]) -> tuple[tuple[float, int], ...]:
    """Order the kernels such that some are squares of the one before.

    ``exp(-d^2 / 2 sigma^2)`` of a bandwidth half as wide is the fourth power
    of the wider one. A kernel is taken from its predecessor by repeated
    squaring where that is exact (the ratio of ``1 / sigma^2`` is 1, 2 or 4)
    and by an exponential of its own otherwise.

    Args:
        bandwidths: The sigmas.

    Returns:
        One (rate, squarings) per kernel, the widest first: the rate is
        ``1 / sigma^2``, and squarings is -1 for an exponential of its own.
    """
    steps: list[tuple[float, int]] = []
    for sigma in sorted(bandwidths, reverse=True):
        rate = sigma**-2
        power = math.log2(rate / steps[-1][0]) if steps else math.inf
        squarings = -1
        if power < _MAX_SQUARINGS + .5 and abs(power - round(power)) < 1e-12:
            squarings = round(power)
        steps.append((rate, squarings))
    return tuple(steps)


def kernel_sums(exponents: Tensor,
                bandwidths: Sequence[float],
                *,
                slopes: bool = False) -> tuple[Tensor, Tensor | None]:
    """Sum Gaussian kernels over the bandwidths.

    Args:
        exponents: ``-d^2 / 2`` of each pair, of any shape, at most 0.
        bandwidths: The sigmas.
        slopes: Also sum the derivatives.

    Returns:
        ``sum_sigma k_sigma`` with ``k_sigma = exp(exponents / sigma^2)``
        and, when ``slopes``, ``sum_sigma k_sigma / sigma^2`` (its derivative
        with respect to ``exponents``), else None. Not for autograd: all
        steps are in place.
    """
    kernel = torch.empty_like(exponents)
    values = torch.zeros_like(exponents)
    derivatives = torch.zeros_like(exponents) if slopes else None
    # Kernels that vanish become 0 before they are subnormal: arithmetic on
    # subnormal numbers would slow a CPU down by an order of magnitude.
    vanishing = torch.finfo(exponents.dtype).tiny * 1e8
    for rate, squarings in kernel_plan(check_bandwidths(bandwidths)):
        if squarings < 0:
            torch.mul(exponents, rate, out=kernel)
            torch.threshold_(kernel, math.log(vanishing), -math.inf).exp_()
        for _ in range(squarings):
            torch.threshold_(kernel, math.sqrt(vanishing), 0.)
            kernel.mul_(kernel)
        values.add_(kernel)
        if derivatives is not None:
            derivatives.add_(kernel, alpha=rate)
    return values, derivatives


def median_bandwidths(
    vectors: Tensor,
    factors: Sequence[float] = (.25, .5, 1., 2., 4.)
) -> tuple[float, ...]:
    """Bandwidths in proportion to the median distance between vectors.

    The printed bandwidths fit the scale of one network's features. For
    another backbone, take these once from a sample of its features and
    write them into the config.

    Args:
        vectors: (N, D) features, a few thousand at most.
        factors: Multiples of the median distance.

    Returns:
        One sigma per factor.

    Raises:
        ValueError: Fewer than two vectors, or they are all equal.
    """
    if vectors.dim() != 2 or len(vectors) < 2:
        raise ValueError('median_bandwidths needs (N, D) vectors with N >= 2,'
                         f' got shape {tuple(vectors.shape)}')
    median = torch.pdist(vectors.float()).median().item()
    if not median > 0:
        raise ValueError(f'the median distance is {median}: the vectors must '
                         'be finite and differ')
    return tuple(median * factor for factor in factors)
