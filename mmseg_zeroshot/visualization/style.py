"""What all plots share: sizes, colour-blind-safe colours, file formats."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mmseg_zeroshot.utils import atomic_write

COLORS = ('#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9',
          '#000000')
"""Okabe and Ito's colours (2008), without the yellow that is lost on white."""

MARKERS = ('o', 's', '^', 'D', 'v', 'P', 'X')
LINES = ('-', '--', '-.', ':')

GROUP_COLORS = dict(seen='#0072B2', unseen='#D55E00', overall='#009E73',
                    ignored='#BBBBBB', hIoU='#000000')
"""One colour for each group of classes, in every plot."""

FORMATS = ('.png', '.svg')


def line_style(rank: int) -> dict[str, Any]:
    """Return the look of the rank-th line of a plot.

    Lines differ in colour, marker and dash, so that neither a colour-blind
    reader nor a grey print mixes them up.

    Args:
        rank: 0, 1, …

    Returns:
        Arguments of ``Axes.plot``.
    """
    return dict(
        color=COLORS[rank % len(COLORS)],
        marker=MARKERS[rank % len(MARKERS)],
        linestyle=LINES[rank % len(LINES)], markersize=4.5, linewidth=1.4)


def new_figure(width: float = 5, height: float = 3.2) -> Figure:
    """Return a figure that needs no display.

    Args:
        width: Inches.
        height: Inches.
    """
    figure = Figure(figsize=(width, height), layout='constrained')
    FigureCanvasAgg(figure)
    return figure


def tidy(axes: Axes, *, xlabel: str = '', ylabel: str = '',
         title: str = '') -> None:
    """Give axes the common look: labels, a light grid, no box.

    Args:
        axes: The axes of a plot.
        xlabel: With its unit.
        ylabel: With its unit.
        title: Put above the plot.
    """
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_title(title, fontsize=10)
    axes.set_axisbelow(True)
    axes.grid(color='0.9', linewidth=0.6)
    axes.spines[['top', 'right']].set_visible(False)


def pixels(figure: Figure, dpi: int = 100) -> np.ndarray:
    """Return a figure as an image.

    Args:
        figure: What to draw.
        dpi: Pixels per inch.

    Returns:
        (H, W, 3) uint8, RGB.
    """
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())[..., :3]


def save_figure(path: str | os.PathLike, figure: Figure, *,
                dpi: int = 200) -> None:
    """Write a figure, whole or not at all.

    The same figure gives the same file: no date, no random ids.

    Args:
        path: File that ends in ``.png`` or ``.svg``.
        figure: What to write.
        dpi: Pixels per inch of a PNG file and of the images in an SVG.

    Raises:
        ValueError: the file's ending is another one.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(
            f'{path}: pictures are written as {" or ".join(FORMATS)}')
    fixed = {'Date': None} if suffix == '.svg' else {'Software': None}
    with matplotlib.rc_context({'svg.hashsalt': 'mmseg_zeroshot'}):
        with atomic_write(path) as file:
            figure.savefig(file, format=suffix[1:], dpi=dpi, metadata=fixed)
