"""Of which types the values of a bank's stamp are."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.json_values import short

_LARGEST = 1 << 48
"""No sum of a few counts below it leaves 64 bits."""


def wrong_value(stamp: Mapping[str, Any]) -> str:
    """Return what is wrong with a stamp in words; empty if nothing is.

    Args:
        stamp: With all keys that every bank has.
    """
    for keys, (fits, what) in _TYPES.items():
        for key in keys:
            if key in stamp and not fits(stamp[key]):
                return f'{key!r} is {short(stamp[key])} instead of {what}'
    missing = [key for key in _GRAPH_KEYS
               if stamp.get('graphs') and key not in stamp]
    if missing:
        return f'{missing[0]!r} is not there, but graphs are'
    try:
        ClassSplit.from_dict(stamp['split'])
    except (ValueError, TypeError) as error:
        return f"'split' is none: {error}"
    return ''


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < _LARGEST


def _are_counts(values: object) -> bool:
    return isinstance(values, list) and all(map(_is_count, values))


def _are_colors(values: object) -> bool:
    return isinstance(values, list) and all(
        _are_counts(color) and len(color) == 3 for color in values)


def _are_named(*names: str) -> Callable[[Any], bool]:
    """Check for counts by name, of which some are needed."""
    return lambda values: (
        isinstance(values, dict) and all(map(_is_count, values.values()))
        and set(names) <= set(values))


_GRAPH_KEYS = ('graph_count', 'graph_nodes', 'graph_edges', 'graph_side')
# Keys of the stamp -> a check of their values, and what they are in words.
_TYPES: dict[tuple[str, ...], tuple[Callable[[Any], bool], str]] = {
    ('checkpoint', 'config', 'data', 'split_mode'): (
        lambda value: isinstance(value, str), 'a text'),
    ('images', 'views', 'max_vectors', 'shard_images', 'feature_dim',
     *_GRAPH_KEYS): (_is_count, 'a whole number'),
    ('seed', ): (lambda value: type(value) is int and value >= 0,
                 'a whole number'),
    ('vectors', 'pixel_counts', 'offsets'): (
        _are_counts, 'a list of whole numbers'),
    ('files', ): (_are_named('features.npy', 'images.npy'),
                  'the sizes of files by name'),
    ('graphs', ): (_are_named('min_pixels', 'pixels'),
                   'whole numbers min_pixels and pixels'),
    ('split', 'settings'): (
        lambda value: isinstance(value, dict), 'an object'),
    ('palette', ): (_are_colors, 'a list of colours'),
}
