"""Visual-semantic losses on class scores, one value per pixel.

Pure functions. Scores are (N, K, ...), labels (N, ...) with any number of
pixel dimensions (none for a set of vectors); ignored pixels cost 0. Classes
whose scores are all ``MASKED_LOGIT`` (unseen and ignored ones in training)
take no part as wrong classes.
"""
from __future__ import annotations

import torch
from torch import Tensor

from mmseg_zeroshot.utils import MASKED_LOGIT


def hinge_visual_semantic(scores: Tensor,
                          label: Tensor,
                          *,
                          margin: float = 1.,
                          full_sum: bool = False,
                          ignore_index: int = 255) -> Tensor:
    """Hinge ranking loss of each pixel (SPNet, eq. 6).

    ``sum_s [margin + s_wrong - s_true]_+`` over the wrong classes, or for
    one of them drawn uniformly, as the paper does in practice.

    Args:
        scores: (N, K, ...) ``w_s . phi(x)``.
        label: (N, ...) class ids.
        margin: Margin between the true and a wrong class.
        full_sum: Sum over all wrong classes instead of drawing one.
        ignore_index: Label of pixels that cost nothing.

    Returns:
        (N, ...) losses.

    Raises:
        ValueError: Fewer than two classes take part.
    """
    valid = label != ignore_index
    target = label.where(valid, 0)
    true = _pick(scores, target)
    if full_sum:
        losses = _violations(scores, target, margin).sum(1)
    else:
        wrong = _draw_wrong(target, _participants(scores))
        losses = (margin + _pick(scores, wrong) - true).clamp(min=0)
    return losses * valid


def cosine_regression(cosines: Tensor,
                      label: Tensor,
                      *,
                      ignore_index: int = 255) -> Tensor:
    """Cosine distance to the true class vector of each pixel.

    ``1 - cos(v(x), a_y)``: DeViSE as ZS3Net's baseline states it (section
    3.2), a regression rather than the original ranking loss.

    Args:
        cosines: (N, K, ...) cosines with each class vector.
        label: (N, ...) class ids.
        ignore_index: Label of pixels that cost nothing.

    Returns:
        (N, ...) losses in [0, 2].
    """
    valid = label != ignore_index
    return (1 - _pick(cosines, label.where(valid, 0))) * valid


def weighted_approximate_ranking(scores: Tensor,
                                 label: Tensor,
                                 *,
                                 margin: float = 1.,
                                 ignore_index: int = 255) -> Tensor:
    """ALE's ranking loss of each pixel.

    ``beta_r / r sum_s [margin + s_wrong - s_true]_+`` with r the number of
    wrong classes that violate the margin and ``beta_r = sum_{j<=r} 1/j``:
    Akata et al., "Label-Embedding for Image Classification", section 3.3
    (after WSABIE). ZS3Net adapts ALE to pixels without printing how; this is
    ALE's own objective at every pixel.

    Args:
        scores: (N, K, ...) bilinear compatibilities.
        label: (N, ...) class ids.
        margin: Margin between the true and a wrong class.
        ignore_index: Label of pixels that cost nothing.

    Returns:
        (N, ...) losses.
    """
    valid = label != ignore_index
    violations = _violations(scores, label.where(valid, 0), margin)
    rank = (violations > 0).sum(1)
    harmonic = torch.cumsum(
        1 / torch.arange(1, scores.shape[1] + 1, device=scores.device), 0)
    weight = harmonic[(rank - 1).clamp(min=0)] / rank.clamp(min=1)
    return violations.sum(1) * weight * valid


def _pick(scores: Tensor, label: Tensor) -> Tensor:
    """Return each pixel's score of one class."""
    return scores.gather(1, label.unsqueeze(1)).squeeze(1)


def _violations(scores: Tensor, target: Tensor, margin: float) -> Tensor:
    """Return ``[margin + s - s_true]_+`` per class, 0 at the true class."""
    hinge = (margin + scores - _pick(scores, target).unsqueeze(1)).clamp(min=0)
    return hinge.scatter(1, target.unsqueeze(1), 0.)


def _participants(scores: Tensor) -> Tensor:
    """Return the ids of the classes that are not masked."""
    highest = scores.detach().transpose(0, 1).flatten(1).amax(1)
    # Half way: resizing may move a masked logit by its rounding error.
    classes = (highest > MASKED_LOGIT / 2).nonzero().squeeze(1)
    if len(classes) < 2:
        raise ValueError(f'{len(classes)} of {scores.shape[1]} classes take '
                         'part in training: ranking against a wrong class '
                         'needs two')
    return classes


def _draw_wrong(target: Tensor, classes: Tensor) -> Tensor:
    """Draw, for each pixel, one of ``classes`` that is not its own."""
    # Skipping the true class's place makes the rest equally likely.
    place = torch.searchsorted(classes, target)
    drawn = torch.randint_like(target, len(classes) - 1)
    return classes[drawn + (drawn >= place)]
