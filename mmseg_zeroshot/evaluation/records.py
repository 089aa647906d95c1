"""The parts of a results record that are not scores, and its plain form."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mmseg_zeroshot.semantics import ClassSplit, canonical

from .scores import Scores


def background_rule(split: ClassSplit) -> str:
    """Return what the background is: a group's name, or ``'none'``."""
    for group in ('seen', 'unseen', 'ignored'):
        if any(canonical(name) == 'background'
               for name in getattr(split, group)):
            return group
    return 'none'


def flat_scores(scores: Scores) -> dict[str, float]:
    """Return a scores record as ``{'seen_PA': …, 'hIoU': …}``.

    Scores that do not exist (None or NaN) are left out.
    """
    flat = {
        f'{group}_{key}': value
        for group in ('seen', 'unseen', 'overall')
        for key, value in scores[group].items()
    }
    flat['hIoU'] = scores['hIoU']
    return {key: value for key, value in flat.items()
            if value is not None and math.isfinite(value)}


def plain(value: Any) -> Any:
    """Return nested scores with None for NaN, as strict JSON wants it."""
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
