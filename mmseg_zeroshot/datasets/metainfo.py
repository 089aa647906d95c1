"""Metainfo that may be stored in a checkpoint, and its class list."""
from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from mmengine.logging import print_log

from ..semantics import ClassSplit, resolve

_LEFT_OUT = object()


def plain(metainfo: Mapping[str, Any]) -> dict[str, Any]:
    """Copy metainfo as plain Python types.

    MMEngine stores the metainfo in checkpoints, and a checkpoint that is
    loaded safely (``weights_only=True``) may hold nothing else.

    Args:
        metainfo: Metainfo of a data set.

    Returns:
        The copy; arrays become lists and paths become text. A key whose
        value is of another type is left out, with a line in the log.
    """
    result = {}
    for key, value in metainfo.items():
        copied = _plain(value)
        if copied is _LEFT_OUT:
            print_log(
                f'metainfo {key!r} is left out: {type(value).__name__} holds '
                'something that cannot be stored in a checkpoint', 'current')
        else:
            result[str(key)] = copied
    return result


def _plain(value: Any) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain(value.tolist())
    if isinstance(value, Mapping):
        items = [(_plain(k), _plain(v)) for k, v in value.items()]
        wrong = any(_LEFT_OUT in pair for pair in items)
        return _LEFT_OUT if wrong else dict(items)
    if isinstance(value, (list, tuple, set)):
        parts = [_plain(item) for item in value]
        if any(part is _LEFT_OUT for part in parts):
            return _LEFT_OUT
        return tuple(parts) if isinstance(value, tuple) else parts
    return _LEFT_OUT


def check_classes(metainfo: Mapping[str, Any], split: ClassSplit,
                  where: str) -> None:
    """Raise unless a data set's classes are a split's, in the same order.

    Label ids are positions in the class list, so another order would train
    and score other classes under these names.

    Args:
        metainfo: Metainfo of the data set.
        split: The split.
        where: Name of the data set, for the message.

    Raises:
        ValueError: Naming the first class that differs.
    """
    classes = metainfo.get('classes')
    if not classes:
        raise ValueError(
            f'{where} has no class list to match with split {split.name!r}: '
            "set metainfo=dict(classes=[...]) in the data set's config")
    if len(classes) != split.num_classes:
        extra = [c for c in classes if _same(c, split) is None]
        matched = {_same(c, split) for c in classes}
        absent = [c for c in split.classes if c not in matched]
        raise ValueError(
            f'{where} has {len(classes)} classes, split {split.name!r} has '
            f'{split.num_classes}: only in the data set {extra}, only in the '
            f'split {absent}')
    for index, (own, other) in enumerate(zip(classes, split.classes)):
        if _same(own, split) != other:
            raise ValueError(
                f'class id {index} is {own!r} in {where} and {other!r} in '
                f'split {split.name!r}: both must list the same classes in '
                'the same order')


def _same(name: str, split: ClassSplit) -> str | None:
    """Return the split's spelling of a class, or None."""
    try:
        return resolve(name, split.classes)
    except ValueError:
        return None
