"""The calibrated decision between seen and unseen classes."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from .calibration_rules import MASKED_LOGIT, check_gamma

SCORES_AT_ONCE = 1_400_000
"""So many scores stay in a CPU's cache."""


class BestPair(NamedTuple):
    """The two classes that a calibrated decision chooses between.

    Lowering all seen classes by the same gamma keeps their order, so only
    the best class of all and, where that one is seen, the best unseen class
    can win.

    Attributes:
        probability: (P, ) highest probability of each pixel.
        winner: (P, ) its class, int64.
        rival_probability: (P, ) highest probability of an unseen class;
            ``-inf`` where all of them are masked.
        rival: (P, ) its class, int64.
    """

    probability: Tensor
    winner: Tensor
    rival_probability: Tensor
    rival: Tensor


def best_pair(logits: Tensor, unseen_ids: Tensor,
              winner: Tensor | None = None) -> BestPair:
    """Return the best and the best unseen class of each pixel.

    Only the sum of the softmax is computed, not the softmax.

    Args:
        logits: (K, P) scores, float32 or float64.
        unseen_ids: (U, ) classes whose probability is not lowered.
        winner: (P, ) classes of the highest score, if they are known.

    Returns:
        The pair; NaN where there is NaN in the scores.
    """
    if winner is None:
        # On a CPU max is three times as fast as argmax along this dimension.
        highest, winner = logits.max(0)
    else:
        highest = logits.gather(0, winner[None])[0]
    total = (logits - highest).exp_().sum(0)
    rival_score, place = logits[unseen_ids].max(0)
    # A masked class has probability 0, which may be more than the seen ones
    # have left, and what an unlikely unseen class rounds to.
    rival = ((rival_score - highest).exp_() / total).masked_fill_(
        rival_score <= MASKED_LOGIT / 2, -torch.inf)
    return BestPair(1 / total, winner, rival, unseen_ids[place])


def calibrated_prediction(logits: Tensor,
                          seen_ids: Sequence[int],
                          gamma: float,
                          dim: int = -3,
                          winner: Tensor | None = None) -> Tensor:
    """Take the best class after lowering the seen classes by ``gamma``.

    ``argmax_c p(c | x) - gamma [c is seen]`` with ``p`` the softmax over all
    classes (SPNet, eq. 5). ``gamma = 0`` is the plain argmax.

    Args:
        logits: Scores of the K classes along ``dim``, for instance
            (N, K, H, W) or (K, H, W).
        seen_ids: Class ids whose probability is lowered.
        gamma: Calibration factor in [0, 1].
        dim: The class dimension.
        winner: The plain argmax, if it is known, which saves finding it.

    Returns:
        Class ids, of the shape of ``logits`` without ``dim``, int64.

    Raises:
        ValueError: ``gamma`` is outside [0, 1].
    """
    check_gamma(gamma)
    if winner is None:
        winner = logits.max(dim).indices
    if gamma == 0:
        return winner
    seen = torch.zeros(
        logits.shape[dim], dtype=torch.bool, device=logits.device)
    seen[list(seen_ids)] = True
    unseen_ids = (~seen).nonzero().flatten()
    if not len(unseen_ids):
        return winner
    decided = []
    for scores, ids in in_parts(logits.movedim(dim, 0), winner):
        pair = best_pair(scores, unseen_ids, ids)
        turned = seen[ids] & ~_stays(pair, gamma)
        decided.append(torch.where(turned, pair.rival, ids))
    return torch.cat(decided).view(winner.shape)


def in_parts(scores: Tensor,
             *maps: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Split the pixels so that a part stays in a CPU's cache.

    Args:
        scores: (K, ...) of any float type.
        maps: (...) of the same pixels.

    Yields:
        (K, P) scores, at least float32, and (P, ) of each map.
    """
    scores = scores.flatten(1)
    pixels = max(scores.shape[1], 1)
    if scores.device.type == 'cpu':
        pixels = max(SCORES_AT_ONCE // len(scores), 1)
    for parts in zip(*(x.split(pixels, -1) for x in (
            scores, *(one.flatten() for one in maps)))):
        part = parts[0]
        wide = part.dtype in (torch.float32, torch.float64)
        yield (part if wide else part.float(), *parts[1:])


def _stays(pair: BestPair, gamma: float) -> Tensor:
    """Say where a seen winner wins still; of equals, the lower id does."""
    lowered = pair.probability - gamma
    return (lowered > pair.rival_probability) | (
        (lowered == pair.rival_probability) & (pair.winner < pair.rival))


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
