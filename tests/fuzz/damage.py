"""Ways to damage a file, and to make one up."""
from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable
from typing import Any

EXTREME = (0, 1, -1, 127, 255, 2**15, 2**31 - 1, -2**31, 2**63 - 1, -2**63)
TOKENS = (b'', b'\0', b'\n', b' ', b'\t', b'[', b'{"', b'PK\3\4', b'\x80\2.',
          b'\xff\xfe', b'\xef\xbb\xbf', b'1e999', b'-1', b'NaN', b'9' * 400,
          b'[' * 3000, b'\x93NUMPY', b'(10**12, )')
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**400, 2**63, float('inf'), float('nan'), '',
    'x', '9' * 400, 'a\0b', [], [[]], [None], {}, {'': {}}, ['x', 1])


def flip(data: bytearray, rng: random.Random) -> bytes:
    """Change single bits."""
    for _ in range(rng.choice((1, 1, 2, 8))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def cut(data: bytearray, rng: random.Random) -> bytes:
    """End early."""
    return bytes(data[:rng.randrange(len(data))])


def number(data: bytearray, rng: random.Random) -> bytes:
    """Put an extreme number where one may stand."""
    form = rng.choice(('<h', '<i', '<q', '>i'))
    size = struct.calcsize(form)
    value = rng.choice(EXTREME) % (1 << 8 * size)
    # Headers are at the start, and at the end of archives.
    place = rng.choice((rng.randrange(min(len(data), 128)),
                        rng.randrange(len(data)),
                        max(0, len(data) - 1 - rng.randrange(256))))
    data[place:place + size] = value.to_bytes(
        size, 'big' if form[0] == '>' else 'little')
    return bytes(data)


def token(data: bytearray, rng: random.Random) -> bytes:
    """Put something in that means something."""
    place = rng.randrange(len(data))
    data[place:place + rng.choice((0, 0, 1, 4, 16))] = rng.choice(TOKENS)
    return bytes(data)


def move(data: bytearray, rng: random.Random) -> bytes:
    """Copy a part over another one, or take it out."""
    start, size = rng.randrange(len(data)), rng.randrange(1, 200)
    part = rng.choice((b'', bytes(data[start:start + size])))
    place = rng.randrange(len(data))
    data[place:place + size] = part
    return bytes(data)


def noise(data: bytearray, rng: random.Random) -> bytes:
    """Make a file up, with or without the start of a right one."""
    return bytes(data[:rng.choice((0, 0, 4, 16))]) + rng.randbytes(
        rng.choice((0, 1, 10, 1000)))


def other_value(data: bytearray, rng: random.Random) -> bytes:
    """Exchange a value in JSON for one of another type; else flip bits."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return flip(data, rng)
    return json.dumps(_exchanged(content, rng)).encode()


def _exchanged(content: Any, rng: random.Random) -> Any:
    if not content or not isinstance(content, (dict, list)) or (
            rng.random() < .2):
        return rng.choice(VALUES)
    keys = list(content) if isinstance(content, dict) else range(len(content))
    key = rng.choice(keys)
    copy: Any = content.copy()
    if rng.random() < .15:
        del copy[key]
    else:
        copy[key] = _exchanged(copy[key], rng)
    return copy


WAYS: tuple[Callable[[bytearray, random.Random], bytes], ...] = (
    flip, cut, number, token, move, noise, other_value, other_value)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return what a file may have become.

    Args:
        data: A right file.
        rng: Decides what happens to it.
    """
    for _ in range(rng.choice((1, 1, 1, 3))):
        data = rng.choice(WAYS)(bytearray(data or b'\0'), rng)
    return data
