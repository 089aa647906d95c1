"""The generator's loss of ZS3Net."""
from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from mmseg.registry import MODELS
from torch import Tensor, nn

from .kernels import PRINTED_BANDWIDTHS, check_bandwidths
from .mmd import weighted_mmd2

RELEASED_BANDWIDTHS = tuple(math.sqrt(v) for v in (2, 5, 10, 20, 40, 80))
"""The sigmas of ZS3Net's released code, which lists their squares."""

_REDUCTIONS = ('mean', 'sum', 'none')


@MODELS.register_module()
class MMDLoss(nn.Module):
    """Maximum mean discrepancy between real and generated pixel features.

    Args:
        reading: Which text to follow.

            - ``'ours'``: squared MMD with ``bandwidths`` of your choice.
            - ``'printed'``: the paper's section 3.1: squared MMD, sigmas 2,
              5, 10, 20, 40, 60. The same as ``'ours'`` by default, but
              refuses other bandwidths.
            - ``'released'``: the released code: 2, 5, 10, 20, 40, 80 are
              sigma squared, and the loss is the square root of the sum. The
              released root has an infinite gradient on equal sets and is NaN
              where rounding makes its argument negative; here the root and
              its gradient are 0 below the rounding error. The released code
              also swaps the two sizes in the means, which matters where they
              differ; here it does not.
        bandwidths: The sigmas for ``'ours'``, in the unit of the features;
            the printed ones where None. For another backbone than the
            paper's see :func:`median_bandwidths`.
        reduction: ``'mean'`` or ``'sum'`` over the classes, or ``'none'``.
        loss_weight: Factor of the loss.
        loss_name: Key of the loss, which must contain ``loss``.

    Attributes:
        values: (B,) discrepancies of the last step, without the weight.

    Raises:
        ValueError: An unknown reading or reduction, bandwidths with a
            reading that has its own, or a name without ``loss``.
    """

    def __init__(self,
                 *,
                 reading: str = 'ours',
                 bandwidths: Sequence[float] | None = None,
                 reduction: str = 'mean',
                 loss_weight: float = 1.0,
                 loss_name: str = 'loss_mmd') -> None:
        super().__init__()
        self.reading = reading
        self.bandwidths = _bandwidths(reading, bandwidths)
        self.reduction = check_choice('reduction', reduction, _REDUCTIONS)
        self.loss_weight = loss_weight
        self._loss_name = check_loss_name(loss_name)
        self.values: Tensor | None = None

    def forward(self,
                real: Tensor,
                generated: Tensor,
                weight_real: Tensor | None = None,
                weight_generated: Tensor | None = None) -> Tensor:
        """Compute the loss of a step.

        Args:
            real: (B, N, D) real features, one set per class; no gradient
                flows to them.
            generated: (B, M, D) generated features.
            weight_real: (B, N) for sets of different sizes: 1/size, and 0
                on padding. 1/N where None.
            weight_generated: (B, M), likewise.

        Returns:
            A scalar, or (B,) with reduction ``'none'``.
        """
        values = weighted_mmd2(real.detach(), generated, weight_real,
                               weight_generated, self.bandwidths)
        if self.reading == 'released':
            values = guarded_sqrt(values, terms=len(self.bandwidths))
        self.values = values.detach()
        if self.reduction != 'none':
            mean = self.reduction == 'mean'
            values = values.mean() if mean else values.sum()
        return self.loss_weight * values

    @property
    def loss_name(self) -> str:
        """Key of the loss in the log."""
        return self._loss_name


def guarded_sqrt(values: Tensor, terms: int = 1) -> Tensor:
    """Square root that is 0, with gradient 0, below the rounding error.

    NaN stays NaN.

    Args:
        values: Sums of ``terms`` kernels.
        terms: How many numbers up to 1 each value is the difference of.
    """
    above = ~(values <= terms * torch.finfo(values.dtype).eps)
    # The inner where keeps the infinite slope at 0 out of the backward pass.
    return torch.where(above, torch.where(above, values, 1.).sqrt(), 0.)


def check_choice(name: str, value: str, choices: Sequence[str]) -> str:
    """Return ``value``, or raise a ValueError that lists the choices."""
    if value not in choices:
        raise ValueError(f'{name}={value!r} is unknown: take one of '
                         f'{", ".join(map(repr, choices))}')
    return value


def check_loss_name(name: str) -> str:
    """Return ``name``; MMEngine adds up only entries that contain 'loss'."""
    if 'loss' not in name:
        raise ValueError(f"loss_name={name!r} must contain 'loss': MMEngine "
                         'trains on no other entries')
    return name


def _bandwidths(reading: str,
                bandwidths: Sequence[float] | None) -> tuple[float, ...]:
    """Return the sigmas of a reading."""
    check_choice('reading', reading, ('ours', 'printed', 'released'))
    if reading == 'ours' and bandwidths is not None:
        return check_bandwidths(bandwidths)
    if bandwidths is not None:
        raise ValueError(
            f'bandwidths={bandwidths!r} with reading={reading!r}, which has '
            "its own: drop them or take reading='ours'")
    return RELEASED_BANDWIDTHS if reading == 'released' else PRINTED_BANDWIDTHS
