"""Scores of zero-shot image classification: top-1 per class."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmseg_zeroshot.evaluation.scores import harmonic_mean
from mmseg_zeroshot.utils import check_gamma


def top1_per_class(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean over classes of the share that is right, in percent.

    Args:
        predicted: (N, ) class ids.
        labels: (N, ) true class ids; classes without an image do not count.

    Raises:
        ValueError: There is no image, or the lengths differ.

    Example:
        >>> top1_per_class(np.array([0, 0, 2]), np.array([0, 1, 2]))
        66.66666666666667
    """
    if len(predicted) != len(labels) or not len(labels):
        raise ValueError(f'{len(predicted)} predictions for {len(labels)} '
                         'labels: give as many, and at least one')
    _, index, counts = np.unique(
        labels, return_inverse=True, return_counts=True)
    right = np.bincount(index, weights=predicted == labels)
    return float(100 * (right / counts).mean())


def zsl_top1(scores: np.ndarray, labels: np.ndarray,
             class_ids: np.ndarray) -> float:
    """Score images of some classes where only these compete (ZSL).

    Args:
        scores: (N, C) of all classes.
        labels: (N, ) true class ids, all in ``class_ids``.
        class_ids: (M, ) classes that compete.

    Returns:
        Top-1 per class in percent.
    """
    return top1_per_class(
        class_ids[scores[:, class_ids].argmax(1)], labels)


def calibrated_top1(
    probabilities: np.ndarray,
    labels: np.ndarray,
    *,
    seen: np.ndarray,
    unseen: np.ndarray,
    gammas: Sequence[float] | np.ndarray,
) -> list[dict[str, float]]:
    """Score images of seen and unseen classes where both compete (GZSL).

    gamma is subtracted from the probabilities of seen classes (SPNet, eq.
    5), so the decision is between the best seen and the best unseen class.

    Args:
        probabilities: (N, C) softmax over the classes that compete.
        labels: (N, ) true class ids.
        seen: Ids of the seen classes.
        unseen: Ids of the unseen classes.
        gammas: Calibration factors in [0, 1].

    Returns:
        For each gamma ``gamma``, ``seen`` and ``unseen`` (top-1 per class)
        and ``harmonic``, their harmonic mean, in percent.

    Raises:
        ValueError: A gamma is outside [0, 1], or there is no image of seen
            or of unseen classes.
    """
    groups = [np.isin(labels, ids) for ids in (seen, unseen)]
    for name, chosen in zip(('seen', 'unseen'), groups):
        if not chosen.any():
            raise ValueError(f'there is no image of {name} classes to score')
    (best_seen, seen_id), (best_unseen, unseen_id) = (
        (probabilities[:, ids].max(1),
         ids[probabilities[:, ids].argmax(1)]) for ids in (seen, unseen))
    rows = []
    for gamma in gammas:
        check_gamma(gamma)
        predicted = np.where(best_seen - gamma >= best_unseen, seen_id,
                             unseen_id)
        one, two = (top1_per_class(predicted[chosen], labels[chosen])
                    for chosen in groups)
        rows.append(dict(gamma=float(gamma), seen=one, unseen=two,
                         harmonic=harmonic_mean(one, two)))
    return rows


def best_harmonic(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the row of the highest harmonic mean, of equals the first.

    Args:
        rows: Of :func:`calibrated_top1`, gammas ascending.
    """
    return max(rows, key=lambda row: row['harmonic'])
