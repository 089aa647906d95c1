"""A prediction over its image, with a legend."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mmseg_zeroshot.semantics import canonical

_LEAST_WIDTH = 240
_PAPER, _INK = (255, 255, 255), (0, 0, 0)


def draw_overlay(image: np.ndarray,
                 ids: np.ndarray,
                 *,
                 classes: Sequence[str],
                 palette: Sequence[Sequence[int]],
                 marks: Mapping[str, str] | None = None,
                 opacity: float = 0.6,
                 with_labels: bool = True) -> np.ndarray:
    """Lay class colours over an image, and the classes' names below it.

    What is predicted as background keeps the image's own colours.

    Args:
        image: (H, W, 3) uint8 RGB.
        ids: (H, W) class ids.
        classes: K class names.
        palette: K RGB colours.
        marks: Text in front of a class's name, such as a star, by class.
        opacity: Share of the colours, 0 to 1.
        with_labels: Draw the legend: classes by size, with their share.

    Returns:
        (H + legend, W, 3) uint8 RGB; at least 240 pixels wide with a legend.

    Raises:
        ValueError: Image and ids differ in size, or an id has no class.
    """
    if image.shape[:2] != ids.shape:
        raise ValueError(f'the image is {image.shape[:2]} and its class ids '
                         f'are {ids.shape}')
    if ids.max() >= min(len(classes), len(palette)):
        raise ValueError(f'class id {ids.max()} has no name or no colour: '
                         f'{len(classes)} classes, {len(palette)} colours')
    table = np.asarray(palette, np.uint8)
    colored = Image.blend(Image.fromarray(image), Image.fromarray(table[ids]),
                          opacity)
    picture = np.array(colored)
    plain = _background(classes)
    if plain is not None:
        picture[ids == plain] = image[ids == plain]
    picture[_borders(ids)] = _PAPER
    if not with_labels:
        return picture
    counts = np.bincount(ids.ravel(), minlength=len(classes))
    shown = [int(i) for i in counts.argsort()[::-1] if counts[i]]
    entries = [(f'{(marks or {}).get(classes[i], "")}{classes[i]} '
                f'{_share(counts[i] / ids.size)}', tuple(table[i]))
               for i in shown]
    return _with_legend(picture, entries)


def _background(classes: Sequence[str]) -> int | None:
    """Return the id of the class that is called background, if any is."""
    found = [i for i, name in enumerate(classes)
             if canonical(name) == 'background']
    return found[0] if found else None


def _share(share: float) -> str:
    return f'{100 * share:.0f}%' if share >= 0.01 else '<1%'


def _borders(ids: np.ndarray) -> np.ndarray:
    """Return where a class begins, to the right and below."""
    edge = np.zeros(ids.shape, bool)
    edge[:, 1:] |= ids[:, 1:] != ids[:, :-1]
    edge[1:] |= ids[1:] != ids[:-1]
    return edge


def _with_legend(picture: np.ndarray,
                 entries: Sequence[tuple[str, tuple[int, ...]]]) -> np.ndarray:
    """Put entries of text and colour below a picture, in lines."""
    width = max(picture.shape[1], _LEAST_WIDTH)
    font = _font(min(max(width // 32, 12), 26))
    box = round(font.size)
    gap, line = box // 2, round(1.5 * box)
    places, x, y = [], gap, gap // 2
    for text, _ in entries:
        needed = box + gap + round(font.getlength(text)) + 2 * gap
        if x > gap and x + needed > width:
            x, y = gap, y + line
        places.append((x, y))
        x += needed
    canvas = Image.new('RGB', (width, picture.shape[0] + y + line), _PAPER)
    canvas.paste(Image.fromarray(picture),
                 ((width - picture.shape[1]) // 2, 0))
    draw = ImageDraw.Draw(canvas)
    for (text, color), (left, top) in zip(entries, places):
        top += picture.shape[0]
        draw.rectangle((left, top, left + box, top + box),
                       fill=tuple(map(int, color)), outline=_INK)
        draw.text((left + box + gap, top + box / 2), text, fill=_INK,
                  font=font, anchor='lm')
    return np.array(canvas)


@lru_cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return DejaVu Sans, which matplotlib brings along."""
    path = Path(matplotlib.get_data_path(), 'fonts', 'ttf', 'DejaVuSans.ttf')
    return ImageFont.truetype(str(path), size)
