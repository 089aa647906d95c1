"""Plots of scores over a parameter."""
from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mmseg_zeroshot.utils import atomic_write

_LINES = (('seen mIoU', '#0072B2', '--'), ('unseen mIoU', '#D55E00', '-.'),
          ('hIoU', '#000000', '-'))


def save_gamma_curve(path: str | os.PathLike,
                     table: Sequence[dict[str, Any]],
                     *,
                     best: float | None = None,
                     title: str = '',
                     dpi: int = 200) -> None:
    """Plot seen mIoU, unseen mIoU and hIoU over gamma into a PNG file.

    Args:
        path: PNG file to write.
        table: ``GammaCurve.table()``.
        best: Gamma to mark, one of the table.
        title: Put above the plot.
        dpi: Pixels per inch; the plot is 5 x 3.2 inches.

    Raises:
        ValueError: the table is empty, or ``best`` is not in it.
    """
    if not table:
        raise ValueError('the table of a gamma curve has no row to plot')
    gammas = np.array([row['gamma'] for row in table], dtype=float)
    values = np.array([(row['seen']['mIoU'], row['unseen']['mIoU'],
                        row['hIoU']) for row in table], dtype=float)
    figure = Figure(figsize=(5, 3.2), layout='constrained')
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for column, (label, color, style) in enumerate(_LINES):
        axes.plot(gammas, values[:, column], style, color=color, label=label)
    if best is not None:
        index = int(np.abs(gammas - best).argmin())
        if abs(gammas[index] - best) > 1e-9:
            raise ValueError(f'best gamma {best} is not in the table')
        axes.axvline(best, color='0.6', linewidth=0.8, zorder=0)
        axes.plot(best, values[index, 2], 'o', color='black', markersize=5,
                  label=f'best: gamma {best:.2f}, hIoU {values[index, 2]:.1f}')
    axes.set(xlabel='gamma', ylabel='%', title=title,
             xlim=(gammas[0], max(gammas[-1], gammas[0] + 1e-3)))
    axes.set_ylim(bottom=0)
    axes.grid(color='0.9', linewidth=0.6)
    axes.spines[['top', 'right']].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    with atomic_write(path) as file:
        figure.savefig(file, format='png', dpi=dpi)
