"""What one pass over a data set says, from its counts.

It needs numpy only: the metric and the scoring of files both end here.
"""
from __future__ import annotations

import numpy as np

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.json_values import without_nan
from mmseg_zeroshot.utils.scores import Evaluation

from .scores import (
    Absent,
    background_rule,
    per_class_scores,
    vanilla_scores,
    zero_shot_scores,
)

VANILLA_RULE = ('ground-truth pixels of unseen classes only; only unseen '
                'classes compete')
"""How vanilla scores are counted."""
NO_UNSEEN = 'the split has no unseen class'
"""Why a pass may have no vanilla scores."""


def assess(split: ClassSplit,
           generalised: np.ndarray,
           *,
           absent: Absent = 'skip',
           vanilla: np.ndarray | None = None,
           why_no_vanilla: str = '',
           regions: np.ndarray | None = None) -> Evaluation:
    """Score the counts of one pass.

    Args:
        split: Groups of the K classes.
        generalised: (K, K) counts, rows truth.
        absent: See :func:`.scores.zero_shot_scores`.
        vanilla: (K, K) counts of unseen pixels where unseen classes compete
            alone; None where there are none.
        why_no_vanilla: The reason, where ``vanilla`` is None.
        regions: (K, ) connected regions of unseen classes' ground truth;
            None where they were not counted.

    Returns:
        The scores with the rules that they were counted by.
    """
    rule = VANILLA_RULE
    if vanilla is None:
        rule = f'not computed: {why_no_vanilla}'
    return Evaluation(
        generalised=without_nan(zero_shot_scores(generalised, split, absent)),
        vanilla=None if vanilla is None else without_nan(
            vanilla_scores(vanilla, split, absent)),
        vanilla_rule=rule,
        per_class=without_nan(per_class_scores(
            generalised, split, vanilla=vanilla, regions=regions)),
        background=background_rule(split),
        absent=absent,
        split=split.name)
