"""Dotted config keys: whether a config has what one names."""
from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mmengine.config import Config

from mmseg_zeroshot.utils.typing_utils import ConfigType, ConfigValue


class Missing(NamedTuple):
    """Where the way that a key describes ends."""

    part: str
    """The first part of the key that is not there."""
    known: list[str]
    """What is there in its place."""


def find_missing(config: ConfigValue, key: str) -> Missing | None:
    """Return the first part of a key that a config lacks, None if it has all.

    Args:
        config: A config, or dicts, lists and tuples, nested, of anything.
        key: Parts with dots between them; an item of a list is its number.
    """
    for part in key.split('.'):
        known = _children(config)
        if part not in known:
            return Missing(part, list(known))
        config = known[part]
    return None


def value_at(config: ConfigValue, key: str) -> ConfigValue:
    """Return what stands at a key, None if the config lacks it.

    Args:
        config: As for :func:`find_missing`.
        key: Likewise.
    """
    for part in key.split('.'):
        config = _children(config).get(part)
    return config


def _children(place: ConfigValue) -> ConfigType:
    if isinstance(place, (Mapping, Config)):
        return dict(place.items())
    if isinstance(place, (list, tuple)):
        return {str(number): item for number, item in enumerate(place)}
    return {}
