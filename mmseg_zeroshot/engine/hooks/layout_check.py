"""Layouts that show unseen classes are no strict training."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MAY_SHOW = ('paper', 'released', 'oracle')


def check_layouts(meta: Mapping[str, Any], label: str) -> None:
    """Compare a training data set's layouts with the run's label.

    Args:
        meta: Metainfo of the data set; ``layouts`` where it has some.
        label: The run's label.

    Raises:
        ValueError: Label maps that show unseen classes are the layouts and
            the label is not one of those that permit it.
    """
    layouts = meta.get('layouts', 'strict')
    if layouts != 'strict' and label not in _MAY_SHOW:
        raise ValueError(
            f'ConsistencyHook: train_dataloader.dataset takes its layouts '
            f'from {layouts} that show unseen classes, which label='
            f"{label!r} does not permit; set layouts='strict' there, or "
            "label='paper' in ZeroShotResultsHook")
