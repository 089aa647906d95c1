"""What files and settings are, in a few hex digits, and how they differ."""
from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from mmseg_zeroshot.utils.found_files import is_local
from mmseg_zeroshot.utils.json_values import short
from mmseg_zeroshot.utils.typing_utils import JSONValue

SETTINGS = 'settings'
"""What decides the features beside the weights, in full: for a training to
compare. Not needed in a stamp."""

_SPLIT_KEYS = ('classes', 'unseen', 'ignored')
# Of a photo this is the head and much of its upper rows, of a mask mostly all.
_HEAD = 1 << 16
_READERS = 8


def fingerprint(value: object) -> str:
    """Return 16 hex digits that depend on the value of a config alone.

    Args:
        value: Dicts, lists, text and numbers, nested; the order of keys
            does not matter. Anything else counts as its ``repr``.
    """
    text = json.dumps(value, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def file_contents(paths: Sequence[str | os.PathLike]) -> list[str]:
    """Tell images or masks apart by what is in their files.

    Length and first 64 KiB count, no name and no time: a copy is the same
    image, and thousands are read in seconds.

    Args:
        paths: The files.

    Returns:
        16 hex digits each; of a file outside a local folder (object
        storage), which is not read, an empty text.

    Raises:
        OSError: A file is missing or cannot be read.
    """
    with ThreadPoolExecutor(_READERS) as pool:
        return list(pool.map(_content, map(os.fspath, paths)))


def _content(path: str) -> str:
    if not is_local(path):
        return ''
    with open(path, 'rb') as file:
        size = os.fstat(file.fileno()).st_size
        digest = hashlib.sha256(b'%d:' % size + file.read(_HEAD))
    return digest.hexdigest()[:16]


def differences(expected: Mapping[str, JSONValue],
                found: Mapping[str, JSONValue]) -> list[str]:
    """Say in what two stamps differ.

    Args:
        expected: What is wanted; only its keys are compared.
        found: The stamp.

    Returns:
        One short text per difference; none if they agree. Of a split, only
        the groups that decide about features are compared, not its name;
        settings are not, since ``config`` is their fingerprint.
    """
    texts = []
    for key, value in expected.items():
        other = found.get(key)
        if key == SETTINGS:
            continue
        if key == 'split' and value and other:
            texts += _split_differences(value, other)
        elif value != other:
            texts.append(f'{key} is {short(other)} instead of '
                         f'{short(value)}')
    return texts


def _split_differences(expected: Mapping[str, JSONValue],
                       found: Mapping[str, JSONValue]) -> list[str]:
    texts = []
    for group in _SPLIT_KEYS:
        one, two = list(expected[group]), list(found[group])
        if one != two:
            texts.append(f'{group} classes of split are {_only(two, one)} '
                         f'instead of {_only(one, two)}')
    return texts


def _only(names: Sequence[str], other: Sequence[str]) -> str:
    """Name a list by what it has alone, if that is shorter."""
    alone = [name for name in names if name not in other]
    if len(names) <= 10 or not alone:
        return short(list(names))
    return f'{len(names)} classes with {short(alone)}'
