"""Values as plain Python types: for checkpoints."""
from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np
from mmengine.logging import print_log

from .typing_utils import JSONValue, Metainfo

_LEFT_OUT = object()


def checkpoint_values(metainfo: Metainfo) -> dict[str, JSONValue]:
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
        copied = _storable(value)
        if copied is _LEFT_OUT:
            print_log(
                f'metainfo {key!r} is left out: {type(value).__name__} holds '
                'something that cannot be stored in a checkpoint', 'current')
        else:
            result[str(key)] = copied
    return result


def _storable(value: object) -> object:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (np.ndarray, np.generic)):
        return _storable(value.tolist())
    if isinstance(value, Mapping):
        items = [(_storable(k), _storable(v)) for k, v in value.items()]
        wrong = any(_LEFT_OUT in pair for pair in items)
        return _LEFT_OUT if wrong else dict(items)
    if isinstance(value, (list, tuple, set)):
        parts = [_storable(item) for item in value]
        if any(part is _LEFT_OUT for part in parts):
            return _LEFT_OUT
        return tuple(parts) if isinstance(value, tuple) else parts
    return _LEFT_OUT
