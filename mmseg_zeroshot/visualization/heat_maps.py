"""A score over two parameters, as a table of colours."""
from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Rectangle

from .style import new_figure, save_figure


def save_heat_map(path: str | os.PathLike,
                  values: np.ndarray | Sequence[Sequence[float]],
                  *,
                  rows: Sequence[str],
                  columns: Sequence[str],
                  xlabel: str,
                  ylabel: str,
                  title: str = '',
                  mark: tuple[int, int] | None = None,
                  dpi: int = 200) -> None:
    """Draw a score for every pair of values, dark where it is high.

    Args:
        path: PNG or SVG file to write.
        values: (R, C) scores, written into their cells; a cell without a
            score (NaN) stays empty.
        rows: R names, from top to bottom.
        columns: C names.
        xlabel: What the columns are.
        ylabel: What the rows are.
        title: Put above the map.
        mark: Row and column of a cell to frame, such as the chosen one.
        dpi: Pixels per inch.

    Raises:
        ValueError: there is no score, or they are not R x C.
    """
    scores = np.array(values, dtype=float)
    if scores.shape != (len(rows), len(columns)):
        raise ValueError(f'{path}: a heat map of {len(rows)} rows and '
                         f'{len(columns)} columns cannot show scores of shape '
                         f'{scores.shape}')
    if not np.isfinite(scores).any():
        raise ValueError(f'{path}: there is no score to draw')
    figure = new_figure(1.6 + .62 * len(columns), 1.1 + .42 * len(rows))
    axes = figure.add_subplot()
    axes.imshow(scores, cmap='Blues', aspect='auto')
    middle = (np.nanmin(scores) + np.nanmax(scores)) / 2
    for (i, j), score in np.ndenumerate(scores):
        if np.isfinite(score):
            axes.text(j, i, f'{score:.1f}', ha='center', va='center',
                      fontsize=8,
                      color='white' if score > middle else 'black')
    if mark is not None:
        row, column = mark
        axes.add_patch(Rectangle(
            (column - .5, row - .5), 1, 1, fill=False, edgecolor='black',
            linewidth=1.6))
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_title(title, fontsize=10)
    save_figure(path, figure, dpi=dpi)

