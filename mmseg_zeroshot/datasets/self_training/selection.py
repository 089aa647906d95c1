"""Which predictions become pseudo-labels: the surest of the unseen ones."""
from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from mmseg_zeroshot.utils.label_values import no_label


def check_percent(percent: float) -> float:
    """Return p of self-training as a float.

    Args:
        percent: Share of the pixels predicted unseen that is kept, in %.

    Raises:
        ValueError: It is not above 0 and at most 100.
    """
    number = isinstance(percent, (int, float)) and not isinstance(
        percent, bool)
    if not number or not 0 < percent <= 100:
        raise ValueError(
            f'p={percent!r} is the percentage of pixels predicted unseen '
            'that become pseudo-labels: it must be above 0 and at most 100 '
            '(ZS3Net takes 25 on VOC and 75 on Context)')
    return float(percent)


def log_odds(scores: Tensor, decision: Tensor) -> Tensor:
    """Return how sure a decision is: log p / (1 - p) of the softmax.

    It ranks as the probability p of the decided class does, and does not
    round to one value where p is almost 1.

    Args:
        scores: (K, N) logits.
        decision: (N, ) class ids.

    Returns:
        (N, ) float32.
    """
    scores, chosen = scores.float(), decision.long()[None]
    own = scores.gather(0, chosen)[0]
    others = scores.scatter(0, chosen, -torch.inf)
    return own - others.logsumexp(0)


def highest(values: Tensor, percent: float) -> Tensor:
    """Mark the highest values; of equal ones, those that come first.

    Args:
        values: (N, ).
        percent: Share of them, in %; rounded up to a whole number.

    Returns:
        (N, ) bool with ceil(N percent / 100) marks.
    """
    count = math.ceil(round(len(values) * percent / 100, 6))
    if count in (0, len(values)):
        return torch.full_like(values, bool(count), dtype=torch.bool)
    least = values.kthvalue(len(values) - count + 1).values
    marked = values > least
    equal = torch.nonzero(values == least)[:, 0]
    marked[equal[:count - int(marked.sum())]] = True
    return marked


def select_pixels(scores: Tensor, decision: Tensor, candidates: Tensor,
                  unseen_ids: Sequence[int],
                  percent: float) -> tuple[Tensor, int]:
    """Return the pseudo-labels of one image (ZS5Net: ZS3Net, section 2.2).

    Of the candidates that are predicted as any unseen class, the surest
    ``percent`` % are labelled with what was predicted.

    Args:
        scores: (K, H, W) logits.
        decision: (H, W) class ids.
        candidates: (H, W) bool, the pixels that may get a pseudo-label.
        unseen_ids: Ids of the unseen classes.
        percent: p.

    Returns:
        (H, W) int64 class ids, :func:`no_label` where there is none, and the
        number of
        candidates that were predicted unseen.

    Raises:
        ValueError: A score is NaN, or infinite where it decides.
    """
    is_unseen = torch.zeros(
        len(scores), dtype=torch.bool, device=scores.device)
    is_unseen[list(unseen_ids)] = True
    place = torch.nonzero((candidates & is_unseen[decision]).flatten())[:, 0]
    chosen = decision.flatten()[place]
    sure = log_odds(scores.flatten(1)[:, place], chosen)
    # NaN decides for the first class: of such pixels none may be chosen.
    if not torch.isfinite(sure).all() or scores.isnan().any():
        raise ValueError('the model gives scores that are not finite')
    kept = highest(sure, percent)
    labels = torch.full(decision.shape, no_label(len(scores)),
                        device=decision.device)
    labels.view(-1)[place[kept]] = chosen[kept].long()
    return labels, len(place)
