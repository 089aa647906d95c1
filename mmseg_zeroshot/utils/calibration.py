"""The calibrated decision between seen and unseen classes."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

MASKED_LOGIT = -1e4
"""Logit of a class that must not be predicted or trained.

Finite, so that bilinear resizing does not make NaN of it and float16 holds
it; its softmax probability is exactly zero in every floating-point type.
"""


def calibrated_prediction(logits: Tensor,
                          seen_ids: Sequence[int],
                          gamma: float,
                          dim: int = -3) -> Tensor:
    """Take the best class after lowering the seen classes by ``gamma``.

    ``argmax_c p(c | x) - gamma [c is seen]`` with ``p`` the softmax over all
    classes (SPNet, eq. 5). ``gamma = 0`` is the plain argmax.

    Args:
        logits: Scores of the K classes along ``dim``, for instance
            (N, K, H, W) or (K, H, W).
        seen_ids: Class ids whose probability is lowered.
        gamma: Calibration factor in [0, 1].
        dim: The class dimension.

    Returns:
        Class ids, of the shape of ``logits`` without ``dim``, int64.

    Raises:
        ValueError: ``gamma`` lies outside [0, 1].
    """
    check_gamma(gamma)
    # On a CPU max is three times as fast as argmax along such a dimension.
    if gamma == 0:
        return logits.max(dim).indices
    probabilities = logits.float().softmax(dim)
    penalty = probabilities.new_zeros(logits.shape[dim])
    penalty[list(seen_ids)] = gamma
    shape = [1] * logits.dim()
    shape[dim] = -1
    scores = probabilities - penalty.view(shape)
    # A masked class has probability 0, which may be more than the seen ones
    # have left, and what an unlikely unseen class rounds to.
    scores.masked_fill_(logits <= MASKED_LOGIT / 2, -torch.inf)
    return scores.max(dim).indices


def check_gamma(gamma: float) -> None:
    """Raise a ValueError unless ``gamma`` lies in [0, 1]."""
    if not 0 <= gamma <= 1:
        raise ValueError(
            f'gamma must lie in [0, 1], got {gamma!r}: it is subtracted from '
            'softmax probabilities of the seen classes (SPNet, eq. 5)')


def mask_classes(logits: Tensor, class_ids: Sequence[int]) -> Tensor:
    """Return logits in which some classes can neither win nor be trained.

    Args:
        logits: (N, K, ...) class scores.
        class_ids: Classes to mask; none returns ``logits`` itself.

    Returns:
        (N, K, ...) with :data:`MASKED_LOGIT` in the masked columns, through
        which no gradient flows.
    """
    if not class_ids:
        return logits
    masked = torch.zeros(
        logits.shape[1], dtype=torch.bool, device=logits.device)
    masked[list(class_ids)] = True
    shape = (1, -1) + (1, ) * (logits.dim() - 2)
    return logits.masked_fill(masked.view(shape), MASKED_LOGIT)
