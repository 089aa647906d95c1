"""Maximum mean discrepancy between sets of vectors, batched over classes.

The MMD of ZS3Net, section 2.2, with means as in "Recursive Training for
Zero-Shot Semantic Segmentation", eq. 1, and with any weights in their place.

The arithmetic, for one class. Let ``z`` be both sets in one list, ``s_i`` the
weight of ``z_i``, negative in the second set, and ``k`` the sum over sigma of
``k_sigma(z, z') = exp(-|z - z'|^2 / 2 sigma^2)``. Multiplied out, the three
sums of the discrepancy are one quadratic form::

    f = sum_ij s_i s_j k(z_i, z_j) = s^T K s  >= 0,

at least 0 because k is a positive definite kernel. With
``grad_i k(z_i, z_j) = g_ij (z_j - z_i)``, ``g_ij = sum_sigma k_sigma(z_i, z_j)
/ sigma^2``, and with z_i in one row and one column of K::

    grad_i f = 2 s_i sum_j s_j g_ij (z_j - z_i)
             = 2 s_i [(G z)_i - (sum_j G_ij) z_i],   G_ij = g_ij s_j.

A set without gradient needs no row of G: with R the vectors that learn and C
the others, ``f = s_R^T K_RR s_R + 2 s_R^T K_RC s_C + s_C^T K_CC s_C``, and
only the first two terms need slopes.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .kernels import PRINTED_BANDWIDTHS, check_bandwidths, kernel_sums

# Rounding error of z.z - |z|^2, whose terms are summed in different orders, in
# units of epsilon |z|^2. A bound for the worst case grows with the width. This
# is about what occurs: the largest of 30,000 Gaussian vectors is 5.7 at width
# 128, 7.8 at 256 and 10.6 at 384, where one in 1,000 is above 8.
_ROUNDING = 8


def mmd2(real: Tensor,
         generated: Tensor,
         bandwidths: Sequence[float] = PRINTED_BANDWIDTHS) -> Tensor:
    """Squared maximum mean discrepancy of each pair of sets.

    ``mean k(x, x') + mean k(y, y') - 2 mean k(x, y)`` over all pairs (the
    biased V-statistic), with ``k`` the sum over the bandwidths sigma of
    ``exp(-|x - y|^2 / 2 sigma^2)``. ZS3Net, section 2.2, with means in the
    place of sums, so that it is zero on equal distributions whatever the
    sizes of the two sets.

    Args:
        real: (B, N, D) one set per class.
        generated: (B, M, D) the other; M may differ from N.
        bandwidths: The sigmas, in the unit of the vectors.

    Returns:
        (B,) values, at least 0, in float32 or wider whatever the inputs'
        type and autocast.

    Raises:
        ValueError: Shapes that do not fit, a set of one vector, or a
            bandwidth that is not positive.

    Note:
        Differentiable once; the gradient cannot itself be differentiated.
    """
    if real.dim() != 3 or generated.dim() != 3:
        raise ValueError('mmd2 needs real (B, N, D) and generated (B, M, D), '
                         f'got {tuple(real.shape)} and '
                         f'{tuple(generated.shape)}')
    return weighted_mmd2(real, generated, bandwidths=bandwidths)


def weighted_mmd2(
        x: Tensor,
        y: Tensor,
        weight_x: Tensor | None = None,
        weight_y: Tensor | None = None,
        bandwidths: Sequence[float] = PRINTED_BANDWIDTHS) -> Tensor:
    """Squared maximum mean discrepancy of weighted sets.

    ``sum_ii' w_i w_i' k(x_i, x_i') + sum_jj' v_j v_j' k(y_j, y_j')
    - 2 sum_ij w_i v_j k(x_i, y_j)`` with ``w`` and ``v`` the weights exactly
    as given: nothing is normalised. Classes of different sizes are padded
    with any finite vectors of weight 0, which changes neither values nor
    gradients. The form behind the ZS-MMD loss of recursive training.

    Args:
        x: (N, D) or (B, N, D) vectors.
        y: (M, D) or (B, M, D) vectors.
        weight_x: (N,) or (B, N), 1/N each where None. A constant: no
            gradient flows to it.
        weight_y: (M,) or (B, M), 1/M each where None.
        bandwidths: The sigmas, in the unit of the vectors.

    Returns:
        A scalar, or (B,) for batched sets; at least 0, in float32 or wider.

    Raises:
        ValueError: Shapes that do not fit, a set of one vector, weights that
            are negative, not finite or all zero, or a bandwidth that is not
            positive.

    Note:
        Differentiable once; the gradient cannot itself be differentiated.
    """
    _check_shapes(x, y)
    sigmas = check_bandwidths(bandwidths)
    dtype = torch.promote_types(
        torch.promote_types(x.dtype, y.dtype), torch.float32)
    batched = x.dim() == 3
    weight_x = _weights(weight_x, x, dtype, 'weight_x')
    weight_y = _weights(weight_y, y, dtype, 'weight_y')
    with torch.autocast(x.device.type, enabled=False):
        x, y = x.to(dtype), y.to(dtype)
        if not torch.is_grad_enabled():
            x, y = x.detach(), y.detach()
        if not batched:
            x, y = x[None], y[None]
        values = _WeightedMMD2.apply(x, y, weight_x, weight_y, sigmas)
    return values if batched else values[0]


def _check_shapes(x: Tensor, y: Tensor) -> None:
    """Raise a ValueError unless the sets can be compared."""
    shapes = f'{tuple(x.shape)} and {tuple(y.shape)}'
    if x.dim() != y.dim() or x.dim() not in (2, 3):
        raise ValueError('MMD needs two sets (N, D) and (M, D), or batches '
                         f'(B, N, D) and (B, M, D), got {shapes}')
    if x.shape[-1] != y.shape[-1] or x.shape[:-2] != y.shape[:-2]:
        raise ValueError(f'MMD between sets of shapes {shapes}: both need '
                         'the same number of classes and the same width')
    if min(x.shape[-2], y.shape[-2]) < 2:
        raise ValueError(f'MMD between sets of shapes {shapes}: a set of one '
                         'vector has no distribution; give at least two')


def _weights(weight: Tensor | None, vectors: Tensor, dtype: torch.dtype,
             name: str) -> Tensor:
    """Return checked weights (B, N) for ``vectors``, 1/N where None."""
    shape = vectors.shape[:-1]
    if weight is None:
        uniform = vectors.new_full(shape, 1 / shape[-1], dtype=dtype)
        return uniform.view(-1, shape[-1])
    if weight.shape != shape:
        raise ValueError(f'{name} has shape {tuple(weight.shape)}, but its '
                         f'vectors need {tuple(shape)}')
    weight = weight.detach().to(vectors.device, dtype).view(-1, shape[-1])
    valid = (weight >= 0).all() & (weight.sum(1) > 0).all()
    if not bool(valid & weight.isfinite().all()):
        raise ValueError(
            f'{name} must be finite and at least 0, with a positive sum for '
            f'every class; got a smallest weight of {weight.min().item():g} '
            f'and a smallest sum of {weight.sum(1).min().item():g}')
    return weight


class _Context(Protocol):
    """What the forward pass hands to the backward pass."""

    needs_input_grad: tuple[bool, ...]
    saved_tensors: tuple[Tensor, ...]
    swapped: bool
    sizes: tuple[int, int]

    def save_for_backward(self, *tensors: Tensor) -> None:
        ...


class _WeightedMMD2(torch.autograd.Function):
    """Value and gradient of the weighted form in one pass.

    Autograd would keep every kernel of every bandwidth for the backward
    pass. The gradient needs only their sum weighted by 1 / sigma^2, and a
    value of its own per class makes it known up to a factor: so the gradient
    itself is computed at once, and it alone is kept.
    """

    @staticmethod
    def forward(ctx: _Context, x: Tensor, y: Tensor, weight_x: Tensor,
                weight_y: Tensor, bandwidths: tuple[float, ...]) -> Tensor:
        """Compute the (B,) values and keep the gradient where needed."""
        needs_x, needs_y = ctx.needs_input_grad[:2]
        ctx.swapped = needs_x and not needs_y
        ctx.sizes = (x.shape[1], y.shape[1])
        if ctx.swapped:  # the set that learns comes first
            x, y, weight_x, weight_y = y, x, weight_y, weight_x
        values, gradient = _value_and_gradient(
            torch.cat((y, x), 1),
            torch.cat((weight_y, -weight_x), 1),
            y.shape[1] + (x.shape[1] if needs_x and needs_y else 0),
            bandwidths,
            with_gradient=needs_x or needs_y)
        if gradient is not None:
            ctx.save_for_backward(gradient)
        return values

    @staticmethod
    @once_differentiable
    def backward(ctx: _Context, grad: Tensor) -> tuple:
        """Scale the gradient that the forward pass kept."""
        gradient = ctx.saved_tensors[0] * grad[:, None, None]
        size_x, size_y = ctx.sizes
        if ctx.swapped:
            return gradient, None, None, None, None
        grad_x = None
        if gradient.shape[1] == size_y + size_x:
            grad_x = gradient[:, size_y:]
        return grad_x, gradient[:, :size_y], None, None, None


def _value_and_gradient(
        z: Tensor, signed: Tensor, rows: int, bandwidths: tuple[float, ...],
        *, with_gradient: bool) -> tuple[Tensor, Tensor | None]:
    """Evaluate ``sum_ij s_i s_j k(z_i, z_j)`` and its gradient.

    Args:
        z: (B, P, D) the union of both sets, overwritten.
        signed: (B, P) weights, negative in one of the sets.
        rows: The first vectors, those that the gradient is wanted for.
        bandwidths: The sigmas.
        with_gradient: Also return the gradient.

    Returns:
        (B,) values and the (B, rows, D) gradient or None.
    """
    z -= z.mean(1, keepdim=True)  # distances of far-off sets keep digits
    # For z_i = z_j the exponent z_i.z_j - |z_i|^2 / 2 - |z_j|^2 / 2 is 0, but
    # its three terms are rounded apart. Shortening the squares by such an
    # error leaves it at 0 or above, where it is clamped: vectors that coincide
    # as far as this type can tell have k = 1, and the few whose error is
    # larger a k below it by some epsilon |z|^2 / sigma^2.
    shorten = 1 - _ROUNDING * torch.finfo(z.dtype).eps
    halves = z.square().sum(2).mul_(-.5 * shorten)
    kernels, slopes = kernel_sums(
        _exponents(z[:, :rows], z, halves[:, :rows], halves),
        bandwidths,
        slopes=with_gradient)
    # Pairs of a row with a later column stand for their mirror image too.
    columns = signed.clone()
    columns[:, rows:] *= 2
    values = _form(kernels, signed[:, :rows], columns)
    if rows < z.shape[1]:
        rest, halves = z[:, rows:], halves[:, rows:]
        kernels, _ = kernel_sums(
            _exponents(rest, rest, halves, halves), bandwidths)
        values += _form(kernels, signed[:, rows:], signed[:, rows:])
    # The form is never negative: below zero there is only rounding.
    values.clamp_(min=0)
    if slopes is None:
        return values, None
    slopes.mul_(signed[:, None])
    gradient = torch.bmm(slopes, z)
    gradient -= slopes.sum(2, keepdim=True) * z[:, :rows]
    return values, gradient.mul_(2 * signed[:, :rows, None])


def _exponents(rows: Tensor, columns: Tensor, row_halves: Tensor,
               column_halves: Tensor) -> Tensor:
    """Return ``-|z_i - z_j|^2 / 2``, given ``-|z|^2 / 2`` of each vector."""
    exponents = torch.baddbmm(row_halves[:, :, None], rows,
                              columns.transpose(1, 2))
    return exponents.add_(column_halves[:, None]).clamp_(max=0)


def _form(kernels: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """Return ``left^T K right`` per class: (B,)."""
    return torch.einsum('bi,bij,bj->b', left, kernels, right)
