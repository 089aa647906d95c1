"""Whether the parts of a ``.mat`` file fit into each other.

SciPy's reader trusts the sizes that a file states, and a damaged file ends the
whole process. So what stands where is looked at first, by the format's
description: "MAT-File Format", MathWorks, chapter "Level 5 MAT-Files".
"""
from __future__ import annotations

import math
import os
import struct
import zlib
from collections.abc import Collection
from typing import IO, NamedTuple

HEADER = 128
_FLAGS, _DIMS, _MATRIX, _COMPRESSED = 6, 5, 14, 15
_CELL, _CHAR, _NUMERIC = 1, 4, range(6, 16)
_COMPLEX = 0x0800
# Type of an element -> bytes of a number; of a character, its encoding.
_BYTES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}
_ENCODINGS = {16: 'utf-8', 17: 'utf-16', 18: 'utf-32'}
_START = 1 << 14
"""Bytes in which a variable's name and shape are."""
_LARGEST_TEXT = 64 << 20
_DEEPEST = 4


def check_structure(path: str | os.PathLike, names: Collection[str]) -> None:
    """Raise unless the named variables are whole arrays, texts or cells.

    Args:
        path: A ``.mat`` file of level 5.
        names: The variables that will be read.

    Raises:
        ValueError: A size does not fit; the caller names the file.
    """
    with open(path, 'rb') as file:
        order = '<' if file.read(HEADER)[-2:] == b'IM' else '>'
        end = os.fstat(file.fileno()).st_size
        while tag := file.read(8):
            if len(tag) < 8:
                raise ValueError('it ends inside a variable')
            kind, size = struct.unpack(f'{order}2I', tag)
            place = file.tell()
            if place + size > end:
                raise ValueError('it ends inside a variable')
            _check_variable(file, kind, size, order, names)
            file.seek(place + size)


def _check_variable(file: IO[bytes], kind: int, size: int, order: str,
                    names: Collection[str]) -> None:
    """Check the variable that starts here, if it is one of the named."""
    place = file.tell()
    part = _Part(*_content(file, kind, size, _START, order), order)
    if part.head().name not in names:
        return
    if part.head().kind in (_CELL, _CHAR):
        file.seek(place)
        part = _Part(*_content(file, kind, size, _LARGEST_TEXT, order), order)
    part.check()


def _content(file: IO[bytes], kind: int, size: int, most: int,
             order: str) -> tuple[bytes, int]:
    """Return the start of a variable's content, and its whole size."""
    if kind == _MATRIX:
        return file.read(min(size, most)), size
    if kind != _COMPRESSED:
        raise ValueError(f'it holds an element of type {kind}')
    inflate, content = zlib.decompressobj(), b''
    try:
        while size > 0 and len(content) < most + 8:
            packed = file.read(min(size, _START))
            size -= len(packed)
            content += inflate.decompress(packed, most + 8 - len(content))
    except zlib.error as error:
        raise ValueError(f'a variable cannot be unpacked: {error}') from error
    if len(content) < 8:
        raise ValueError('it ends inside a variable')
    inner, stated = struct.unpack(f'{order}2I', content[:8])
    if inner != _MATRIX:
        raise ValueError(f'it holds an element of type {inner}')
    return content[8:], stated


class _Element(NamedTuple):
    kind: int
    start: int
    size: int
    end: int
    """Where the next element starts."""


class _Head(NamedTuple):
    kind: int
    flags: int
    length: int
    """Numbers, characters or cells."""
    name: str
    end: int


class _Part:
    """A matrix: a variable, or a cell of one.

    Args:
        content: Its bytes, or the first of them.
        size: How many there are.
        order: Of the bytes of a number.
        depth: Cells that it is in.
    """

    def __init__(self, content: bytes, size: int, order: str,
                 depth: int = 0) -> None:
        self.content, self.size = content, size
        self.order, self.depth = order, depth

    def element(self, place: int) -> _Element:
        """Return the element at a place."""
        if place + 8 > len(self.content):
            raise ValueError('it ends inside a variable')
        kind, size = struct.unpack_from(f'{self.order}2I', self.content, place)
        if kind >> 16:  # a small one, with its size in the same number
            return _Element(kind & 0xffff, place + 4, kind >> 16, place + 8)
        start = place + 8
        if start + size > self.size:
            raise ValueError(f'an element of {size:,} bytes is in a variable '
                             f'of {self.size:,}')
        return _Element(kind, start, size, start + -(-size // 8) * 8)

    def head(self) -> _Head:
        """Read class, shape and name."""
        flags = self.element(0)
        dims = self.element(flags.end)
        name = self.element(dims.end)
        if (flags.kind, flags.size, dims.kind) != (_FLAGS, 8, _DIMS) or (
                dims.size % 4 or not 8 <= dims.size <= 128
                or name.start + name.size > len(self.content)):
            raise ValueError('a variable starts with something else')
        value, = struct.unpack_from(f'{self.order}I', self.content,
                                    flags.start)
        shape = struct.unpack_from(f'{self.order}{dims.size // 4}i',
                                   self.content, dims.start)
        if min(shape) < 0:
            raise ValueError(f'a variable has the shape {shape}')
        text = self.content[name.start:name.start + name.size]
        return _Head(value & 0xff, value, math.prod(shape),
                     text.decode('latin-1'), name.end)

    def check(self) -> None:
        """Raise unless the content fits the shape."""
        head = self.head()
        if head.kind == _CELL and self.depth < _DEEPEST:
            self._check_cells(head)
        elif head.kind == _CHAR or (
                head.kind in _NUMERIC and not head.flags & _COMPLEX):
            self._check_values(head)
        else:
            raise ValueError(f'it holds {head.name!r} of class {head.kind}, '
                             'and neither real numbers nor text')

    def _check_values(self, head: _Head) -> None:
        data = self.element(head.end)
        if data.kind in _ENCODINGS and head.kind == _CHAR:
            text = self.content[data.start:data.start + data.size]
            count = len(text.decode(_ENCODINGS[data.kind], 'replace'))
        elif data.kind in _BYTES:
            count, rest = divmod(data.size, _BYTES[data.kind])
            count += bool(rest)
        else:
            raise ValueError(f'{head.name!r} is of type {data.kind}')
        if count != head.length:
            raise ValueError(f'{head.name!r} has {count:,} values instead of '
                             f'{head.length:,}')

    def _check_cells(self, head: _Head) -> None:
        place = head.end
        if head.length > len(self.content) // 8:
            raise ValueError(f'{head.name!r} has {head.length:,} cells in '
                             f'{len(self.content):,} bytes')
        for _ in range(head.length):
            cell = self.element(place)
            if cell.kind != _MATRIX:
                raise ValueError(f'{head.name!r} has a cell of type '
                                 f'{cell.kind}')
            if cell.size:
                content = self.content[cell.start:cell.start + cell.size]
                _Part(content, cell.size, self.order, self.depth + 1).check()
            place = cell.end
