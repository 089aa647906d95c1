"""What a sweep over config values found: the best point, a table, a plot."""
from __future__ import annotations

import os
from collections.abc import Sequence
from statistics import mean, stdev
from typing import TypedDict

import numpy as np

from mmseg_zeroshot.utils.config_text import short_keys
from mmseg_zeroshot.utils.typing_utils import ConfigType

from .curves import save_curves
from .heat_maps import save_heat_map

SWEEP_SCORES = ('hIoU', 'unseen mIoU', 'seen mIoU', 'overall mIoU')
_SHOWN = ('seen mIoU', 'unseen mIoU', 'hIoU')


class Point(TypedDict):
    """A combination of values, and the runs with it."""

    values: ConfigType
    """By config key."""
    seeds: list[int]
    scores: dict[str, list[float | None]]
    """For each of ``SWEEP_SCORES`` over seeds, in percent; None where
    undefined."""


def average(point: Point, score: str) -> float | None:
    """Return a point's mean over seeds, None without a defined score.

    Args:
        point: A point of a sweep.
        score: One of ``SWEEP_SCORES``.
    """
    values = point['scores'][score]
    known = [value for value in values if value is not None]
    return mean(known) if known and len(known) == len(values) else None


def best_point(points: Sequence[Point], score: str) -> Point | None:
    """Return the point with the highest mean, the first of equal ones.

    Points that have fewer runs than others are left out.

    Args:
        points: All points of a sweep.
        score: One of ``SWEEP_SCORES``.

    Returns:
        The point, None if none has the score.
    """
    most = max(len(point['seeds']) for point in points)
    ranked = [(value, point) for point in points
              if len(point['seeds']) == most
              and (value := average(point, score)) is not None]
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


def sweep_rows(points: Sequence[Point], best: Point | None,
               role: str) -> list[list[str]]:
    """Return header and rows of a table, the best point's with a star.

    Args:
        points: All points of a sweep.
        best: The best of them.
        role: What the scored classes are: 'validation' or 'oracle'.
    """
    rows = [[*points[0]['values'], 'Role', 'Seeds', *_SHOWN, '']]
    for point in points:
        rows.append([
            *map(str, point['values'].values()), role,
            str(len(point['seeds'])),
            *(_cell(point['scores'][name]) for name in _SHOWN),
            '*' if point == best else ''])
    return rows


def save_sweep(path: str | os.PathLike, points: Sequence[Point], best: Point,
               *, score: str, title: str) -> None:
    """Draw a sweep: a curve over one numeric key, or else a heat map.

    The heat map is over the first two keys, at the best values of the
    others.

    Args:
        path: PNG or SVG file to write.
        points: All points of the sweep.
        best: The one to mark.
        score: One of ``SWEEP_SCORES``, drawn in a heat map.
        title: Put above the plot.
    """
    key, *others = best['values']
    numbers = [point['values'][key] for point in points]
    if others or not all(type(x) in (int, float) for x in numbers):
        _save_map(path, points, best, score=score, title=title)
        return
    curves = {name: {x: point['scores'][name]
                     for x, point in zip(numbers, points)}
              for name in _SHOWN}
    save_curves(path, curves, xlabel=short_keys([key])[0], title=title,
                log=min(numbers) > 0 and max(numbers) >= 8 * min(numbers),
                mark=best['values'][key])


def _save_map(path: str | os.PathLike, points: Sequence[Point], best: Point,
              *, score: str, title: str) -> None:
    keys = [*best['values'], None][:2]
    labels = [*short_keys(best['values']), ''][:2]
    names = [list(dict.fromkeys(_name(point, key) for point in points))
             for key in keys]
    grid = np.full((len(names[0]), len(names[1])), np.nan)

    def place(point: Point) -> tuple[int, int]:
        row, column = (n.index(_name(point, key))
                       for n, key in zip(names, keys))
        return row, column

    for point in points:
        value = average(point, score)
        if value is not None:
            grid[place(point)] = np.fmax(grid[place(point)], value)
    save_heat_map(
        path, grid, rows=names[0], columns=names[1], ylabel=labels[0],
        xlabel=labels[1], title=f'{score}, {title}', mark=place(best))


def _name(point: Point, key: str | None) -> str:
    """Return a value as text; a single key has no second axis."""
    return '' if key is None else str(point['values'][key])


def _cell(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return '-'
    spread = f' ± {stdev(known):.1f}' if len(known) > 1 else ''
    return f'{mean(known):.1f}{spread}'
