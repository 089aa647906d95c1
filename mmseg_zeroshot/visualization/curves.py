"""Plots of scores over a parameter: gamma, n, p, tau."""
from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from .style import GROUP_COLORS, line_style, new_figure, save_figure, tidy

if TYPE_CHECKING:
    from mmseg_zeroshot.evaluation.gamma_curve import GammaScores

_LINES = (('seen mIoU', 'seen', '--'), ('unseen mIoU', 'unseen', '-.'),
          ('hIoU', 'hIoU', '-'))
# Beyond so many points markers run into each other.
_MARKED = 21
_SHORT_NAME = 24

Curve = Mapping[float, Sequence[float | None]]
"""Values of the runs (seeds) at each x."""


def save_curves(path: str | os.PathLike,
                curves: Mapping[str, Curve],
                *,
                xlabel: str,
                ylabel: str = 'mIoU (%)',
                title: str = '',
                log: bool = False,
                mark: float | None = None,
                dpi: int = 200) -> None:
    """Plot the mean over runs as lines, their spread as bands.

    The band is one sample standard deviation to either side; a point of a
    single run has none. Runs without a score (None, NaN) are left out.

    Args:
        path: PNG or SVG file to write.
        curves: For each line its name and ``{x: values of its runs}``.
        xlabel: Name of the parameter.
        ylabel: Name of the score.
        title: Put above the plot.
        log: Space the x logarithmically, with a tick at each.
        mark: An x to mark by a vertical line, such as the chosen one.
        dpi: Pixels per inch; the plot is 5 x 3.2 inches.

    Raises:
        ValueError: there is nothing to plot, or an x is not positive on a
            logarithmic axis.

    Example:
        >>> save_curves('few.png', {
        ...     'SPNet': {1: [31.0, 29.5], 5: [38.2, 39.0]},
        ...     'fine-tuned': {1: [20.1, 18.0], 5: [33.0, 31.8]}},
        ...     xlabel='n images per class', log=True)
    """
    points = {name: _statistics(curve) for name, curve in curves.items()}
    ticks = sorted({x for columns in points.values() for x in columns[0]})
    if not ticks:
        raise ValueError(f'{path}: no curve has a point to plot')
    if log and ticks[0] <= 0:
        raise ValueError(f'{path}: a logarithmic axis has no place for '
                         f'{xlabel} = {ticks[0]:g}')
    figure = new_figure()
    axes = figure.add_subplot()
    for rank, (name, columns) in enumerate(points.items()):
        _band(axes, name, *columns, look=line_style(rank))
    tidy(axes, xlabel=xlabel, ylabel=ylabel, title=title)
    if log:
        axes.set_xscale('log')
        axes.minorticks_off()
        axes.set_xticks(ticks, [f'{x:g}' for x in ticks])
    if mark is not None:
        axes.axvline(mark, color='0.6', linewidth=0.8, zorder=0)
    _legend(axes, points)
    save_figure(path, figure, dpi=dpi)


def save_gamma_curve(path: str | os.PathLike,
                     table: Sequence[GammaScores],
                     *,
                     best: float | None = None,
                     title: str = '',
                     dpi: int = 200) -> None:
    """Plot seen mIoU, unseen mIoU and hIoU over gamma.

    Args:
        path: PNG or SVG file to write.
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
    figure = new_figure()
    axes = figure.add_subplot()
    for column, (label, group, style) in enumerate(_LINES):
        axes.plot(gammas, values[:, column], style,
                  color=GROUP_COLORS[group], label=label)
    if best is not None:
        index = int(np.abs(gammas - best).argmin())
        if abs(gammas[index] - best) > 1e-9:
            raise ValueError(f'best gamma {best} is not in the table')
        axes.axvline(best, color='0.6', linewidth=0.8, zorder=0)
        axes.plot(best, values[index, 2], 'o', color='black', markersize=5,
                  label=f'best: gamma {best:.2f}, hIoU {values[index, 2]:.1f}')
    tidy(axes, xlabel='gamma', ylabel='%', title=title)
    axes.set_xlim(gammas[0], max(gammas[-1], gammas[0] + 1e-3))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
    save_figure(path, figure, dpi=dpi)


def _legend(axes: Axes, names: Iterable[str]) -> None:
    """Put the legend where there is room; long names go below the axes."""
    if max(map(len, names)) <= _SHORT_NAME:
        axes.legend(frameon=False, fontsize=8)
    else:
        axes.legend(frameon=False, fontsize=8, loc='upper center',
                    bbox_to_anchor=(.5, -.2))


def _statistics(curve: Curve) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the x that have a score, their means and deviations."""
    rows = []
    for x in sorted(curve):
        values = np.array([np.nan if v is None else v for v in curve[x]],
                          dtype=float)
        values = values[~np.isnan(values)]
        if len(values):
            spread = values.std(ddof=1) if len(values) > 1 else 0.0
            rows.append((float(x), values.mean(), spread))
    columns = np.array(rows).reshape(-1, 3).T
    return columns[0], columns[1], columns[2]


def _band(axes: Axes, name: str, xs: np.ndarray, means: np.ndarray,
          spreads: np.ndarray, look: dict[str, Any]) -> None:
    if len(xs) > _MARKED:
        look = dict(look, marker='')
    axes.plot(xs, means, label=name, **look)
    if spreads.any():
        axes.fill_between(xs, means - spreads, means + spreads,
                          color=look['color'], alpha=0.18, linewidth=0)
