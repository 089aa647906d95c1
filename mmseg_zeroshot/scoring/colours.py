"""Label maps in colours, decoded by a file of colours."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

_NUMBER = r'(\d{1,3})'
_BEFORE = re.compile(rf'{_NUMBER}[\s,;]+{_NUMBER}[\s,;]+{_NUMBER}'
                     r'(?:[\s,;]+(.*\S))?\s*')
_BEHIND = re.compile(rf'(.*\S?)[\s,;]+{_NUMBER}[\s,;]+{_NUMBER}[\s,;]+'
                     rf'{_NUMBER}\s*')


@dataclass(frozen=True)
class Palette:
    """The colour of every id.

    Attributes:
        colours: Red, green and blue of each id, in their order.
        names: Class names, in the same order; empty where the file has none.
    """

    colours: tuple[tuple[int, int, int], ...]
    names: tuple[str, ...] = ()

    def __call__(self, image: Image.Image) -> np.ndarray:
        """Return the ids of an image in colours.

        Args:
            image: Of any mode.

        Returns:
            (H, W) uint16.

        Raises:
            ValueError: It has a colour that the palette has not.
        """
        packed = _packed(np.asarray(image.convert('RGB'), np.uint32))
        order, known = self._sorted
        place = np.searchsorted(known, packed).clip(max=len(known) - 1)
        unknown = known[place] != packed
        if unknown.any():
            value = int(packed[unknown].flat[0])
            raise ValueError(
                f'has the colour {value >> 16} {value >> 8 & 255} '
                f'{value & 255}, which the palette has not')
        return order[place]

    @cached_property
    def _sorted(self) -> tuple[np.ndarray, np.ndarray]:
        """(n, ) ids and (n, ) packed colours, ascending by colour."""
        packed = _packed(np.array(self.colours, np.uint32))
        order = packed.argsort()
        return order.astype(np.uint16), packed[order]


def read_palette(path: str | Path) -> Palette:
    """Read a file of colours.

    Args:
        path: A text file with ``red green blue`` or ``red green blue name``
            or ``name, red, green, blue`` a line, in the order of the ids.
            Lines without numbers and what follows ``#`` are skipped.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A line holds no colour, only some have a name, or two
            colours are equal.
    """
    lines = Path(path).expanduser().read_text('utf-8-sig').splitlines()
    rows = [_row(line.split('#')[0], f'{path}, line {number}')
            for number, line in enumerate(lines, 1)
            if any(c.isdigit() for c in line.split('#')[0])]
    if not rows:
        raise ValueError(f'{path} holds no colour')
    colours = [colour for colour, _ in rows]
    names = [name for _, name in rows if name]
    if names and len(names) < len(rows):
        raise ValueError(f'{path} names {len(names)} of {len(rows)} colours')
    for number, colour in enumerate(colours):
        if colour in colours[:number]:
            raise ValueError(
                f'{path}: the colours of id {colours.index(colour)} and id '
                f'{number} are equal, {" ".join(map(str, colour))}')
    return Palette(tuple(colours), tuple(names))


def _row(line: str, place: str) -> tuple[tuple[int, int, int], str]:
    before, behind = _BEFORE.fullmatch(line.strip()), _BEHIND.fullmatch(line)
    values: Sequence[str]
    if before:
        *values, name = before.groups()
    elif behind:
        name, *values = behind.groups()
    else:
        raise ValueError(f'{place} holds no colour: write red green blue name')
    red, green, blue = map(int, values)
    if max(red, green, blue) > 255:
        raise ValueError(f'{place}: a colour is 0 to 255, got {line.strip()}')
    return (red, green, blue), (name or '').strip(' ,;')


def _packed(colours: np.ndarray) -> np.ndarray:
    return colours[..., 0] << 16 | colours[..., 1] << 8 | colours[..., 2]
