"""Which classes are taken for which: seen and unseen apart."""
from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.cells import csv_value, from_csv
from mmseg_zeroshot.utils.reading import read_text

from .style import GROUP_COLORS, new_figure, save_figure

_GROUPS = ('seen', 'unseen')
# Up to so many classes have their names, and the numbers, in the map.
_NAMED, _NUMBERED = 80, 12


class ConfusionTable(NamedTuple):
    """A confusion matrix whose classes have names and groups."""

    classes: tuple[str, ...]
    groups: tuple[str, ...]
    """``'seen'`` or ``'unseen'`` of each class."""
    counts: np.ndarray
    """(K, K) pixels, rows truth."""


def confusion_table(confusion: np.ndarray | Sequence[Sequence[int]],
                    split: ClassSplit) -> ConfusionTable:
    """Order a confusion matrix: seen classes first, no ignored ones.

    Args:
        confusion: (K, K) pixel counts, rows truth.
        split: Groups of the K classes.

    Raises:
        ValueError: the matrix does not fit the split.
    """
    counts = np.asarray(confusion)
    if counts.shape != (split.num_classes, ) * 2:
        raise ValueError(
            f'confusion has the shape {counts.shape}, but split '
            f'{split.name!r} has {split.num_classes} classes')
    order = [*split.seen_ids, *split.unseen_ids]
    groups = ('seen', ) * len(split.seen_ids) + (
        'unseen', ) * len(split.unseen_ids)
    return ConfusionTable(tuple(split.classes[i] for i in order), groups,
                          counts[np.ix_(order, order)])


def save_confusion_csv(path: str | os.PathLike,
                       table: ConfusionTable) -> None:
    """Write a confusion matrix for programs and spreadsheets.

    Args:
        path: CSV file: truth, its group, then pixels by predicted class.
        table: What to write.
    """
    with atomic_write(path, 'w') as file:
        writer = csv.writer(file, lineterminator='\n')
        names = [csv_value(name) for name in table.classes]
        writer.writerow(['truth', 'group', *names])
        for name, group, row in zip(names, table.groups, table.counts):
            writer.writerow([name, group, *map(int, row)])


def read_confusion_csv(path: str | os.PathLike) -> ConfusionTable:
    """Read what :func:`save_confusion_csv` wrote.

    Args:
        path: CSV file.

    Raises:
        ValueError: the file is no such table; it is named.
    """
    try:
        header, *rows = csv.reader(read_text(path).splitlines())
        classes, groups, *columns = zip(*rows, strict=True)
        counts = np.array(columns, dtype=np.int64).T
        right = header == ['truth', 'group', *classes] and set(
            groups) <= set(_GROUPS) and (counts >= 0).all()
    except (ValueError, csv.Error, OverflowError) as error:
        raise ValueError(f'{path} is no confusion table: {error}') from error
    if not right:
        raise ValueError(
            f'{path} is no confusion table: it must have the columns truth, '
            'group (seen or unseen) and one of pixels for each class')
    return ConfusionTable(tuple(map(from_csv, classes)), groups, counts)


def save_confusion_map(path: str | os.PathLike,
                       table: ConfusionTable,
                       *,
                       title: str = '',
                       dpi: int = 200) -> None:
    """Draw the share of each true class's pixels that goes to each class.

    Lines part seen from unseen classes; the caption sums up how much leaves
    its group. Rows of classes without a pixel stay empty.

    Args:
        path: PNG or SVG file to write.
        table: Of :func:`confusion_table`.
        title: Put above the map.
        dpi: Pixels per inch.

    Raises:
        ValueError: there is no pixel.
    """
    total = table.counts.sum(1, keepdims=True).astype(float)
    if not total.any():
        raise ValueError(f'{path}: the confusion matrix counts no pixel')
    with np.errstate(invalid='ignore'):
        shares = 100 * table.counts / total
    size = len(table.classes)
    side = max(2.6, .19 * size) if size <= _NAMED else 7
    figure = new_figure(side + 2.2, side + 1.6)
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap='Blues', norm=PowerNorm(.5, 0, 100))
    axes.set_facecolor('0.93')
    bar = figure.colorbar(image, ax=axes, shrink=.7, ticks=(0, 10, 25, 50,
                                                            100))
    bar.set_label("% of the true class's pixels")
    _name_classes(axes, table)
    if size <= _NUMBERED:
        _write_numbers(axes, shares)
    border = table.groups.count('seen') - .5
    for draw in (axes.axhline, axes.axvline):
        draw(border, color=GROUP_COLORS['unseen'], linewidth=1.4)
    axes.set(xlabel=f'predicted\n{_leaving(table)}', ylabel='truth')
    axes.set_title(title, fontsize=10)
    save_figure(path, figure, dpi=dpi)


def group_shares(table: ConfusionTable) -> dict[tuple[str, str], float]:
    """Return the share of a group's true pixels that goes to each group.

    Args:
        table: A confusion matrix.

    Returns:
        Percent by (true group, predicted group); NaN without true pixels.
    """
    member = {group: np.array([g == group for g in table.groups])
              for group in _GROUPS}
    shares = {}
    for truth in _GROUPS:
        rows = table.counts[member[truth]]
        for predicted in _GROUPS:
            part = rows[:, member[predicted]].sum()
            shares[truth, predicted] = (
                100 * float(part / rows.sum()) if rows.sum() else float('nan'))
    return shares


def _leaving(table: ConfusionTable) -> str:
    shares = group_shares(table)
    return (f'{shares["seen", "unseen"]:.1f} % of seen pixels go to unseen '
            f'classes,\n{shares["unseen", "seen"]:.1f} % of unseen pixels to '
            'seen ones')


def _name_classes(axes: Axes, table: ConfusionTable) -> None:
    """Write the names, those of unseen classes bold with a star."""
    size = len(table.classes)
    if size > _NAMED:
        ticks, names = _middles(table.groups), list(_GROUPS)
        rotation, groups = 0, list(_GROUPS)
    else:
        ticks, groups = list(range(size)), list(table.groups)
        names = [f'{name} ★' if group == 'unseen' else name
                 for name, group in zip(table.classes, groups)]
        rotation = 90
    axes.set_xticks(ticks, names, rotation=rotation, fontsize=7)
    axes.set_yticks(ticks, names, fontsize=7)
    axes.tick_params(length=0)
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        for label, group in zip(labels, groups):
            if group == 'unseen':
                label.set(fontweight='bold', color=GROUP_COLORS['unseen'])


def _middles(groups: Sequence[str]) -> list[float]:
    seen = groups.count('seen')
    return [(seen - 1) / 2, (seen + len(groups) - 1) / 2]


def _write_numbers(axes: Axes, shares: np.ndarray) -> None:
    for (row, column), share in np.ndenumerate(shares):
        if np.isfinite(share) and share >= .5:
            axes.text(column, row, f'{share:.0f}', ha='center', va='center',
                      fontsize=6, color='white' if share > 30 else 'black')
