"""Values as plain Python types: for JSON and messages."""
from __future__ import annotations

import math
from collections.abc import Mapping

from .typing_utils import JSONValue


def short(value: object, length: int = 90) -> str:
    """Return a value's ``repr``, cut for a message.

    Args:
        value: Anything.
        length: Most characters, the dots of a cut text among them.
    """
    text = repr(value)
    return text if len(text) <= length else f'{text[:length - 3]}...'


def without_nan(value: JSONValue) -> JSONValue:
    """Return nested values with None for NaN, as strict JSON wants it.

    Args:
        value: Dicts and lists of numbers and text, nested.
    """
    if isinstance(value, Mapping):
        return {key: without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [without_nan(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
