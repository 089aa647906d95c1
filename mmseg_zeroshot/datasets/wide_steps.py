"""Pipeline steps that take 255 for "no label", where it is a class id."""
from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

from mmseg.datasets.transforms import LoadAnnotations

from mmseg_zeroshot.utils.label_values import (
    USUAL,
    no_label,
    no_label_settings,
)

from .transforms import LoadWideAnnotations

Step = Callable[[dict], dict | None]


def for_classes(step: Step, num_classes: int) -> Step:
    """Return a step that fits label maps of so many classes.

    ``RandomCrop``, ``Pad``, ``RandomRotate`` and others fill label maps up
    with 255 unless told otherwise. With more than 255 classes this is the id
    of a class, so 255 becomes the list's own value. MMSegmentation's
    ``LoadAnnotations`` becomes :class:`LoadWideAnnotations`.

    Args:
        step: The built step; it is not changed.
        num_classes: Length K of the class list.

    Returns:
        The step itself, or another one in its place.

    Raises:
        ValueError: The step ignores an id of its own choice.
    """
    unlabelled = no_label(num_classes)
    if unlabelled == USUAL:
        return step
    if type(step) is LoadAnnotations:
        return LoadWideAnnotations.like(step)
    new: dict[str, object] = {**no_label_settings(step, num_classes)}
    pads = getattr(step, 'pad_val', None)
    if isinstance(pads, Mapping) and pads.get('seg') == USUAL:
        new['pad_val'] = {**pads, 'seg': unlabelled}
    if new:
        step = copy.copy(step)
        vars(step).update(new)
    return step
