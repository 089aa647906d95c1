"""What was found in a data set, as text for a terminal."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mmseg_zeroshot.experiments.inspection import ClassWords, MaskReport
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.tables import text_table

from .survey import Survey

_FEW = 20
"""A class in fewer training images is pointed out."""
_SIZES = 3


def data_lines(survey: Survey) -> list[str]:
    """Return where the data are, how many, and how large.

    Args:
        survey: Of the data set.
    """
    rows = [['part', 'where', 'images', 'masks read', 'no label', 'sizes']]
    reports = survey.train, survey.val
    for loop, part, report in zip(('train', 'val'), survey.parts, reports):
        if report is None:
            rows.append([loop, 'the files are not there', *'----'])
        else:
            rows.append([loop, part, f'{report.total:,}', f'{report.read:,}',
                         f'{report.unlabelled:.1%}', _sizes(report.sizes)])
    lines = [survey.where, '', _aligned(rows, left=2)]
    if any(report and report.is_sample for report in reports):
        lines.append('Numbers with ~ below are estimates from the masks '
                     'read; --all-masks reads all.')
    return lines


def class_table(split: ClassSplit, found: Sequence[ClassWords],
                survey: Survey) -> str:
    """Return a table of classes, images that hold them, and words.

    Args:
        split: The split.
        found: How each class finds its vector.
        survey: Of the data set.
    """
    rows = [['id', 'class', 'group', 'train images', 'val images', 'words']]
    for number, (name, words) in enumerate(zip(split.classes, found)):
        rows.append([
            str(number), name, _group(name, split),
            _images(survey.train, number), _images(survey.val, number),
            '' if words.how == 'exact' else str(words)])
    return _aligned(rows, left=3)


def warnings(split: ClassSplit, found: Sequence[ClassWords],
             survey: Survey) -> list[str]:
    """Return what may be wrong with the classes, in sentences.

    Args:
        split: The split.
        found: How each class finds its vector.
        survey: Of the data set.
    """
    lines = [one.missing for one in found
             if one.missing and one.name not in split.ignored]
    nowhere = _absent(split, split.classes, survey.train, survey.val)
    unscored = _absent(split, split.unseen, survey.val)
    nowhere = [name for name in nowhere
               if name not in (*split.ignored, *unscored)]
    if nowhere:
        lines.append(f'{", ".join(nowhere)}: in no mask that was read; are '
                     'the classes in the order of the ids?')
    read = ' that was read' if survey.val and survey.val.is_sample else ''
    lines += [f'{name} is unseen and in no val mask{read}, so nothing can be '
              'scored.' for name in unscored]
    for loop, report, classes, advice in (
            ('train', survey.train, split.seen,
             '--ignored leaves classes out'),
            ('val', survey.val, split.unseen, 'their scores say little')):
        few = _few(report, split, [name for name in classes if name not in
                                   (*nowhere, *unscored)])
        if few:
            lines.append(f'fewer than {_FEW} {loop} images hold '
                         f'{", ".join(few)}: {advice}.')
    return lines


def _absent(split: ClassSplit, classes: Sequence[str],
            *reports: MaskReport | None) -> list[str]:
    """Return classes that no mask holds; none where none was read."""
    if not all(report and report.read for report in reports):
        return []
    return [name for name, number in zip(classes, split.ids(classes))
            if not any(report.images[number] for report in reports if report)]


def _few(report: MaskReport | None, split: ClassSplit,
         classes: Sequence[str]) -> list[str]:
    """Return classes that few masks hold, each with how many do."""
    if report is None or report.total < _FEW:
        return []
    return [f'{name} ({_images(report, number)})'
            for name, number in zip(classes, split.ids(classes))
            if report.images[number] * report.total < _FEW * report.read]


def _group(name: str, split: ClassSplit) -> str:
    for group in ('unseen', 'validation', 'ignored'):
        if name in getattr(split, group):
            return group
    return 'seen'


def _images(report: MaskReport | None, number: int) -> str:
    if report is None:
        return '-'
    return report.scaled(int(report.images[number]))


def _sizes(sizes: Mapping[tuple[int, int], int]) -> str:
    """Return the most frequent sizes, and the range of the others."""
    if not sizes:
        return 'unknown'
    shown = ', '.join(f'{width}x{height}'
                      for width, height in list(sizes)[:_SIZES])
    if len(sizes) <= _SIZES:
        return shown
    low, high = np.min(list(sizes), 0), np.max(list(sizes), 0)
    return f'{shown}, ... ({low[0]}x{low[1]} to {high[0]}x{high[1]})'


def _aligned(rows: Sequence[Sequence[str]], *, left: int) -> str:
    """Align a table whose last column is text too."""
    width = max(len(row[-1]) for row in rows)
    return text_table([[*row[:-1], row[-1].ljust(width)] for row in rows],
                      left=left)
