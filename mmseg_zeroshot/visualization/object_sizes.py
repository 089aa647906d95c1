"""Scores of unseen classes against the size of their objects."""
from __future__ import annotations

import os
from collections.abc import Sequence
from statistics import mean, stdev
from typing import Literal, NamedTuple

from matplotlib.axes import Axes

from mmseg_zeroshot.results.record import Record
from mmseg_zeroshot.semantics.supervision import DEFAULT, SUPERVISIONS
from mmseg_zeroshot.utils.scores import ClassScores

from .style import COLORS, MARKERS, new_figure, save_figure, tidy

Setting = Literal['vanilla', 'generalised']
_PLACE: tuple[Literal['dataset', 'split'], ...] = ('dataset', 'split')
_KEYS = dict(vanilla='vanilla_IoU', generalised='IoU')


class SizedClass(NamedTuple):
    """An unseen class, the size of its objects and its scores."""

    name: str
    size: float
    """Mean number of pixels of a connected region of its ground truth."""
    regions: int
    scores: dict[str, list[float]]
    """IoU in percent of each run (seed), by method."""


def has_scores(record: Record, setting: Setting = 'vanilla') -> bool:
    """Say whether a record has the IoU of all unseen classes that occur.

    Args:
        record: An entry of a results file.
        setting: As in :func:`sized_classes`.
    """
    return all(_iou(row, setting) is not None
               for row in _unseen_rows(record))


def sized_classes(records: Sequence[Record],
                  setting: Setting = 'vanilla',
                  *,
                  others: Sequence[Record] = ()) -> list[SizedClass]:
    """Order the unseen classes of some runs by mean object size.

    Args:
        records: Entries of results files, all on one data set and split.
        setting: Whether unseen classes compete alone, as in SPNet's figure
            3, or with the seen ones.
        others: More records, of any method: where a record lacks regions
            they are taken from any of the same data set and split in which
            the class has as many pixels.

    Returns:
        Classes that occur, the smallest objects first.

    Raises:
        ValueError: ``setting`` is unknown, the records are of several data
            sets, splits or sets of images, or one does not hold what is
            plotted.
    """
    if setting not in _KEYS:
        raise ValueError(f'setting must be one of {tuple(_KEYS)}, got '
                         f'{setting!r}')
    _check_one_data_set(records)
    regions = _known_regions([*records, *others])
    found: dict[str, SizedClass] = {}
    seeds: dict[tuple, float] = {}
    for record in records:
        method = _series(record, setting)
        for row in _unseen_rows(record):
            score = _score(record, row, setting)
            count = _regions(record, row, regions)
            entry = found.setdefault(row['class'], SizedClass(
                row['class'], row['pixels'] / count, count, {}))
            if entry.regions != count:
                raise ValueError(
                    f'{row["class"]!r} has {entry.regions} regions in one '
                    f'record and {count} in another: they were scored on '
                    'different images')
            # The same run scored with another gamma: vanilla is the same.
            key = (row['class'], method, record['seed'])
            if seeds.setdefault(key, score) != score:
                raise ValueError(
                    f'two records of {method!r} have seed '
                    f'{record["seed"]} and unlike IoU of '
                    f'{row["class"]!r}; keep one of each seed')
            entry.scores[method] = [
                value for (name, series, _), value in seeds.items()
                if (name, series) == key[:2]]
    return sorted(found.values(), key=lambda entry: entry.size)


def save_object_sizes(path: str | os.PathLike,
                      classes: Sequence[SizedClass],
                      *,
                      title: str = '',
                      dpi: int = 200) -> None:
    """Plot the IoU of classes ordered by object size (SPNet, figure 3).

    A marker is the mean over runs, its bar one sample standard deviation.

    Args:
        path: PNG or SVG file to write.
        classes: What :func:`sized_classes` returns.
        title: Put above the plot.
        dpi: Pixels per inch; the plot is at least 5 x 3.2 inches.

    Raises:
        ValueError: There is no class to plot.
    """
    if not classes:
        raise ValueError(f'{path}: no unseen class with a size to plot')
    figure = new_figure(max(5.0, 0.6 * len(classes)), 3.2)
    axes = figure.add_subplot()
    methods = list(dict.fromkeys(m for c in classes for m in c.scores))
    for rank, method in enumerate(methods):
        _draw(axes, classes, method, rank, len(methods))
    tidy(axes, xlabel='unseen class and mean size of its objects (pixels)',
         ylabel='IoU (%)', title=title)
    axes.set_xticks(
        range(len(classes)),
        [f'{entry.name}\n{entry.size:,.0f}' for entry in classes],
        rotation=0 if len(classes) < 6 else 60, fontsize=8)
    axes.set_xlim(-0.6, len(classes) - 0.4)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
    save_figure(path, figure, dpi=dpi)


def _draw(axes: Axes, classes: Sequence[SizedClass], method: str, rank: int,
          count: int) -> None:
    """Draw one method's markers, beside those of the others."""
    offset = 0.5 * ((rank + 0.5) / count - 0.5)
    points = [(place + offset, entry.scores[method])
              for place, entry in enumerate(classes)
              if method in entry.scores]
    spreads = [stdev(runs) if len(runs) > 1 else 0 for _, runs in points]
    axes.errorbar(
        [x for x, _ in points], [mean(runs) for _, runs in points], spreads,
        color=COLORS[rank % len(COLORS)], marker=MARKERS[rank % len(MARKERS)],
        linestyle='', markersize=5, capsize=2, linewidth=1, label=method)


def _check_one_data_set(records: Sequence[Record]) -> None:
    for key in _PLACE:
        values = list(dict.fromkeys(record[key] for record in records))
        if len(values) > 1:
            raise ValueError(
                f'object sizes belong to one {key}, but the records have '
                f'{", ".join(values)}: choose one')


def _series(record: Record, setting: Setting) -> str:
    """Return what a record's markers are called."""
    notes = [f'{key} {value}'
             for key, value in record['variant'].items()]
    # Where unseen classes compete alone gamma, and who chose it, is moot.
    if record['gamma'] and setting == 'generalised':
        notes.append('calibrated')
    used = record['supervision']
    known = SUPERVISIONS.get(used)
    chosen = known is not None and known.chooses_by_unseen
    if used != DEFAULT and not (chosen and setting == 'vanilla'):
        notes.append(used)
    return record['method'] + (f' ({", ".join(notes)})' if notes else '')


def _unseen_rows(record: Record) -> list[ClassScores]:
    """Return the rows of unseen classes that occur."""
    return [row for row in record['per_class']
            if row['group'] == 'unseen' and row['pixels']]


def _iou(row: ClassScores, setting: Setting) -> float | None:
    """Return a row's IoU; None where it is undefined or not computed."""
    return row['IoU'] if setting == 'generalised' else row.get('vanilla_IoU')


def _score(record: Record, row: ClassScores, setting: Setting) -> float:
    """Return a row's IoU, or raise a ValueError that says how to get it."""
    score = _iou(row, setting)
    if score is None:
        raise ValueError(
            f'the record of {record["method"]!r} has no {_KEYS[setting]!r} '
            f'for {row["class"]!r}: it was written by an older version or '
            'without seg_logits; test its checkpoint again '
            '(mmseg-zeroshot test)')
    return score


def _place(record: Record, row: ClassScores) -> tuple:
    """Return what the regions of a class belong to: the scored images."""
    return record['dataset'], record['split'], row['class'], row['pixels']


def _known_regions(records: Sequence[Record]) -> dict[tuple, int]:
    """Return numbers of regions by :func:`_place`, where a record has one."""
    return {_place(record, row): row['regions'] for record in records
            for row in _unseen_rows(record) if row.get('regions')}


def _regions(record: Record, row: ClassScores,
             known: dict[tuple, int]) -> int:
    """Return a row's number of regions, its own or another record's."""
    count = row.get('regions') or known.get(_place(record, row))
    if count is None:
        raise ValueError(
            f"no record has 'regions' for {row['class']!r} of "
            f'{record["dataset"] or "this data set"}, split '
            f'{record["split"]!r}: they were written by an older version. '
            'Test one of the checkpoints again (mmseg-zeroshot test), with '
            'any method, and give its results file, too')
    return count
