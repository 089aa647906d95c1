"""From a confusion matrix to the scores of the zero-shot papers.

Everything here is a pure function of numpy arrays; nothing is rounded.
"""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from mmseg_zeroshot.semantics import ClassSplit, canonical
from mmseg_zeroshot.utils.scores import ClassScores, Scores

if TYPE_CHECKING:
    import torch

Absent = Literal['skip', 'zero']
METRICS = ('PA', 'MA', 'mIoU')


def zero_shot_scores(confusion: np.ndarray | torch.Tensor,
                     split: ClassSplit,
                     absent: Absent = 'skip') -> Scores:
    """Score the seen, the unseen and all classes of a confusion matrix.

    PA is the share of a group's true pixels that are right, MA the mean of
    its classes' accuracies, mIoU that of their intersections over unions,
    and ``hIoU = 2 S U / (S + U)`` of the seen and unseen mIoU (ZS3Net,
    section 4.1). True pixels of ignored classes are not scored; a scored
    pixel that is predicted as an ignored class counts as missed.

    Args:
        confusion: (K, K) counts, rows truth.
        split: Groups of the K classes.
        absent: What a class does whose ratio is 0 / 0: ``'skip'`` leaves it
            out of the mean, ``'zero'`` counts it as 0, as ZS3Net's released
            evaluator does.

    Returns:
        ``seen``, ``unseen`` and ``overall``, each with ``PA``, ``MA`` and
        ``mIoU`` in percent, and ``hIoU`` in percent. NaN where there was
        nothing to score.

    Raises:
        ValueError: the matrix does not fit the split, or ``absent`` is
            unknown.

    Example:
        >>> split = ClassSplit(['sky', 'cat', 'cow'], unseen=['cow'])
        >>> confusion = np.array([[8, 0, 0], [0, 4, 0], [0, 2, 2]])
        >>> zero_shot_scores(confusion, split)['unseen']['mIoU']
        50.0
    """
    matrix = scored_rows(confusion, split)
    return group_scores(matrix, split.seen_ids, split.unseen_ids, absent)


def vanilla_scores(confusion: np.ndarray | torch.Tensor,
                   split: ClassSplit,
                   absent: Absent = 'skip') -> Scores:
    """Score a matrix in which the unseen classes compete alone.

    Args:
        confusion: (K, K) counts of the pixels of unseen classes, each
            predicted as one of these.
        split: Groups of the K classes.
        absent: See :func:`zero_shot_scores`.

    Returns:
        As :func:`zero_shot_scores`; ``seen`` and ``hIoU`` are NaN and
        ``overall`` equals ``unseen``.
    """
    matrix = scored_rows(confusion, split)
    return group_scores(matrix, (), split.unseen_ids, absent)


def group_scores(matrix: np.ndarray, seen_ids: Sequence[int],
                 unseen_ids: Sequence[int], absent: Absent) -> Scores:
    """Return the scores record of two groups of classes.

    Args:
        matrix: (K, K) float counts whose rows are all scored.
        seen_ids: Classes of the seen group, maybe none.
        unseen_ids: Classes of the unseen group, maybe none.
        absent: See :func:`zero_shot_scores`.

    Returns:
        See :func:`zero_shot_scores`.
    """
    if absent not in ('skip', 'zero'):
        raise ValueError(
            f"absent must be 'skip' or 'zero', got {absent!r}: it says what "
            'a class without pixels does to a mean')
    accuracy, iou = class_ratios(matrix)
    if absent == 'zero':
        accuracy, iou = np.nan_to_num(accuracy), np.nan_to_num(iou)
    groups = dict(
        seen=seen_ids, unseen=unseen_ids,
        overall=sorted((*seen_ids, *unseen_ids)))
    scores: dict[str, Any] = {
        name: _group(matrix, accuracy, iou, list(ids))
        for name, ids in groups.items()
    }
    scores['hIoU'] = harmonic_mean(scores['seen']['mIoU'],
                                   scores['unseen']['mIoU'])
    return cast(Scores, scores)


def class_ratios(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the accuracy and IoU of each class, as fractions.

    Args:
        matrix: (K, K) float counts, rows truth.

    Returns:
        Two (K, ) arrays, NaN where a class has no pixel to divide by.
    """
    hits = np.diagonal(matrix)
    truth, predicted = matrix.sum(1), matrix.sum(0)
    with np.errstate(invalid='ignore'):
        return hits / truth, hits / (truth + predicted - hits)


def harmonic_mean(seen: float, unseen: float) -> float:
    """Return ``2 S U / (S + U)``, and 0 where both are 0."""
    if seen == 0 and unseen == 0:
        return 0.0
    return 2 * seen * unseen / (seen + unseen)


def per_class_scores(
    confusion: np.ndarray | torch.Tensor,
    split: ClassSplit,
    *,
    vanilla: np.ndarray | torch.Tensor | None = None,
    regions: np.ndarray | None = None,
) -> list[ClassScores]:
    """Score every class by itself.

    Args:
        confusion: (K, K) counts, rows truth.
        split: Groups of the K classes.
        vanilla: (K, K) counts as in :func:`vanilla_scores`, or None.
        regions: (K, ) numbers of connected regions of the ground truth,
            known for unseen classes, or None.

    Returns:
        For each class, in class order: ``class``, ``group`` (seen, unseen
        or ignored), ``IoU`` and ``accuracy`` in percent (NaN if it has no
        pixel or is ignored) and ``pixels`` of its ground truth; of an unseen
        class also ``vanilla_IoU`` and ``regions``, where they are given.
    """
    matrix = scored_rows(confusion, split)
    accuracy, iou = class_ratios(matrix)
    groups = dict.fromkeys(split.classes, 'seen')
    groups.update(dict.fromkeys(split.unseen, 'unseen'))
    groups.update(dict.fromkeys(split.ignored, 'ignored'))
    ignored = list(split.ignored_ids)
    accuracy[ignored], iou[ignored] = np.nan, np.nan
    rows: list[ClassScores] = [{
        'class': name,
        'group': groups[name],
        'IoU': 100 * float(iou[index]),
        'accuracy': 100 * float(accuracy[index]),
        'pixels': int(matrix[index].sum())
    } for index, name in enumerate(split.classes)]
    for index in split.unseen_ids:
        if vanilla is not None:
            alone = class_ratios(scored_rows(vanilla, split))[1]
            rows[index]['vanilla_IoU'] = 100 * float(alone[index])
        if regions is not None:
            rows[index]['regions'] = int(regions[index])
    return rows


def flat_scores(scores: Scores) -> dict[str, float]:
    """Return a scores record as ``{'seen_PA': …, 'hIoU': …}``.

    Scores that do not exist (None or NaN) are left out.
    """
    groups = cast(Mapping[str, Mapping[str, 'float | None']], scores)
    flat = {
        f'{group}_{key}': value
        for group in ('seen', 'unseen', 'overall')
        for key, value in groups[group].items()
    }
    flat['hIoU'] = scores['hIoU']
    return {key: value for key, value in flat.items()
            if value is not None and math.isfinite(value)}


def background_rule(split: ClassSplit) -> str:
    """Return what the background is: a group's name, or ``'none'``."""
    for group in ('seen', 'unseen', 'ignored'):
        if any(canonical(name) == 'background'
               for name in getattr(split, group)):
            return group
    return 'none'


def scored_rows(confusion: np.ndarray | torch.Tensor,
                split: ClassSplit) -> np.ndarray:
    """Return the matrix as float64 without the rows of ignored classes.

    Args:
        confusion: (K, K) counts, rows truth.
        split: Groups of the K classes.

    Returns:
        (K, K) float64; rows of ignored classes are 0.

    Raises:
        ValueError: the matrix is not one of the split's K classes.
    """
    if hasattr(confusion, 'cpu'):
        confusion = confusion.cpu().numpy()
    matrix = np.array(confusion, dtype=np.float64)
    expected = (split.num_classes, ) * 2
    if matrix.shape != expected:
        raise ValueError(
            f'confusion has the shape {matrix.shape}, but split '
            f'{split.name!r} has {split.num_classes} classes: pass a '
            f'{expected} matrix, rows truth')
    if not np.isfinite(matrix).all() or (matrix < 0).any():
        raise ValueError('confusion holds negative or non-finite numbers; '
                         'it must hold pixel counts')
    matrix[list(split.ignored_ids)] = 0
    return matrix


def _group(matrix: np.ndarray, accuracy: np.ndarray, iou: np.ndarray,
           ids: list[int]) -> dict[str, float]:
    """Return PA, MA and mIoU of some classes in percent."""
    pixels = matrix[ids].sum()
    right = np.diagonal(matrix)[ids].sum()
    pixel_accuracy = float(right / pixels) if pixels else float('nan')
    return dict(
        PA=100 * pixel_accuracy,
        MA=100 * _nanmean(accuracy[ids]),
        mIoU=100 * _nanmean(iou[ids]))


def _nanmean(values: np.ndarray) -> float:
    """``np.nanmean`` without its warning when nothing is left."""
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else float('nan')
