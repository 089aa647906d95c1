"""Scores as they are handed from the metric to results files: plain dicts."""
from __future__ import annotations

from typing import TypedDict


class GroupScores(TypedDict):
    """Scores of a group of classes in percent; None where undefined."""

    PA: float | None
    MA: float | None
    mIoU: float | None


class Scores(TypedDict):
    """Scores of the seen, the unseen and all classes, in percent."""

    seen: GroupScores
    unseen: GroupScores
    overall: GroupScores
    hIoU: float | None


_ClassRow = TypedDict('_ClassRow', {
    'class': str, 'group': str, 'IoU': 'float | None',
    'accuracy': 'float | None', 'pixels': int})


class ClassScores(_ClassRow, total=False):
    """Scores of one class in percent, and the pixels of its ground truth.

    ``class`` is its name and ``group`` ``'seen'``, ``'unseen'`` or
    ``'ignored'``. Only an unseen class has the keys below, and only where
    they were computed.
    """

    vanilla_IoU: float | None
    regions: int
    """Connected regions of its ground truth."""


class Evaluation(TypedDict):
    """What ``ZeroShotIoUMetric`` says of one pass over a data set."""

    split: str
    """Name of the split."""
    background: str
    """Group of the background: seen, unseen, ignored or ``'none'``."""
    absent: str
    """``'skip'`` or ``'zero'``: what a class without pixels does to a mean."""
    generalised: Scores
    vanilla: Scores | None
    vanilla_rule: str
    """How the vanilla scores are counted, or why there are none."""
    per_class: list[ClassScores]
