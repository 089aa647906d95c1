"""Text and JSON of files that nobody vouches for; errors name the file."""
from __future__ import annotations

import json
import os
from collections.abc import Sequence

from .typing_utils import JSONObject, JSONValue

LARGEST = 256 << 20
"""Bytes of the largest file that is read at once."""


def read_text(path: str | os.PathLike, largest: int = LARGEST) -> str:
    """Read a text file.

    Args:
        path: The file, in UTF-8; a byte order mark is no part of its text.
        largest: Bytes that it may have.

    Raises:
        OSError: It is not there or cannot be opened.
        ValueError: It is larger, or no UTF-8.
    """
    with open(path, 'rb') as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ValueError(f'{path} is larger than {largest:,} bytes, and no '
                         'file of this kind is')
    try:
        return content.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise ValueError(f'{path} is not a UTF-8 text file: {error}'
                         ) from error


def read_json(path: str | os.PathLike, largest: int = LARGEST) -> JSONValue:
    """Read a JSON file.

    Args:
        path: The file.
        largest: Bytes that it may have.

    Returns:
        Its content; of whatever types, which the caller checks.

    Raises:
        OSError: It is not there or cannot be opened.
        ValueError: See :func:`read_text` and :func:`parse_json`.
    """
    return parse_json(read_text(path, largest), str(path))


def parse_json(text: str, place: str) -> JSONValue:
    """Read JSON in a text.

    Args:
        text: The text.
        place: Where it stands, for messages.

    Raises:
        ValueError: It is no JSON, is nested too deeply, or gives a key
            twice, of which one would be lost; the message names the place.
    """
    try:
        return json.loads(text, object_pairs_hook=_without_doubles)
    except RecursionError as error:
        raise ValueError(f'{place} is not valid JSON: it is nested too deeply'
                         ) from error
    except ValueError as error:
        raise ValueError(f'{place} is not valid JSON: {error}') from error


def _without_doubles(pairs: Sequence[tuple[str, JSONValue]]) -> JSONObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [key for key, _ in pairs]
        double = next(key for key in found if names.count(key) > 1)
        raise ValueError(f'the key {double[:80]!r} is there twice')
    return found
