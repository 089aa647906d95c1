"""Class colours that stay apart for colour-blind eyes."""
from __future__ import annotations

import colorsys
from collections.abc import Sequence

from mmseg_zeroshot.semantics import canonical

Color = tuple[int, int, int]

# Okabe and Ito (2008), then Paul Tol's muted scheme where it adds a colour.
_SAFE: tuple[Color, ...] = (
    (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66),
    (0, 114, 178), (213, 94, 0), (204, 121, 167), (136, 34, 85),
    (153, 153, 51), (51, 34, 136), (170, 221, 204), (221, 204, 119),
    (102, 17, 0), (187, 187, 187))
_BACKGROUND: Color = (40, 40, 40)


def colorblind_palette(classes: Sequence[str],
                       used: Sequence[int] | None = None) -> list[Color]:
    """Give the classes colours that differ in hue and in lightness.

    The first fourteen are published colour-blind-safe colours; beyond these
    no palette keeps all apart, and golden-angle hues follow.

    Args:
        classes: K class names; one called background becomes dark grey.
        used: Class ids that occur in a picture: these get the safe colours
            first. All by default.

    Returns:
        K RGB colours, 0 to 255.
    """
    used = range(len(classes)) if used is None else sorted(set(used))
    order = [*used, *(i for i in range(len(classes)) if i not in set(used))]
    palette: list[Color] = [_BACKGROUND] * len(classes)
    rank = 0
    for class_id in order:
        if canonical(classes[class_id]) != 'background':
            palette[class_id] = _color(rank)
            rank += 1
    return palette


def _color(rank: int) -> Color:
    if rank < len(_SAFE):
        return _SAFE[rank]
    hue = (rank * 0.618034) % 1
    rgb = colorsys.hls_to_rgb(hue, (0.35, 0.5, 0.7)[rank % 3], 0.7)
    red, green, blue = (round(255 * value) for value in rgb)
    return red, green, blue
