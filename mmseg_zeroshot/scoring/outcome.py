"""From the counts of files to those of the split's classes."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mmseg_zeroshot.semantics import ClassSplit

from .counted import Counted
from .problems import Kind, Problems
from .reading import Side
from .starts import describe_starts, find_starts

NO_PIXEL = Kind(
    'groups of classes have no pixel in any label map',
    'look at the split and the folder of label maps: hIoU needs both groups')


class Outcome(NamedTuple):
    """The counts of the split's K classes.

    Attributes:
        confusion: (K, K) int64 pixels, rows truth.
        vanilla: (K, K) int64 pixels of unseen classes, where these compete
            alone; None without scores of classes.
        regions: (K, ) int64 connected regions of unseen classes' truth.
        starts: Id of the first class of label maps and of predictions.
        notes: What was found, in sentences.
    """

    confusion: np.ndarray
    vanilla: np.ndarray | None
    regions: np.ndarray
    starts: tuple[int, int]
    notes: Sequence[str]


def outcome_of(counted: Counted, truth: Side, prediction: Side,
               split: ClassSplit, problems: Problems) -> Outcome:
    """Say which class every id is, and add the counts up.

    Args:
        counted: The counts of the files.
        truth: The label maps' classes.
        prediction: The predictions' classes.
        split: The split.
        problems: Takes groups without a pixel, and the question whether ids
            start at 0 or at 1.

    Returns:
        The counts.
    """
    tally = counted.tally
    told = truth.reading.first_id, prediction.reading.first_id
    starts = find_starts(tally.counts, truth.ids, counted.ids, told,
                         problems, split.ignored_ids)
    rows, columns = (ids.meaning(start) for ids, start in zip(
        (truth.ids, counted.ids), starts))
    size = split.num_classes
    confusion = of_classes(tally.counts, rows, columns, size)
    regions = np.zeros(size, np.int64)
    regions[rows[rows >= 0]] = tally.regions[rows >= 0]
    pixels = np.zeros(size, np.int64)
    pixels[rows[rows >= 0]] = tally.counts.sum(1)[rows >= 0]
    check_groups(pixels, split, problems)
    note = describe_starts(starts)
    vanilla = None
    if counted.vanilla is not None:
        vanilla = of_classes(counted.vanilla, rows, columns, size)
        vanilla[list({*range(size)} - {*split.unseen_ids})] = 0
    return Outcome(confusion, vanilla, regions, starts,
                   [note] if note else [])


def of_classes(counts: np.ndarray, rows: np.ndarray, columns: np.ndarray,
               size: int) -> np.ndarray:
    """Return counts of codes as those of the split's classes.

    Args:
        counts: (T, P).
        rows: (T, ) what the codes of label maps stand for.
        columns: (P, ) what the codes of predictions stand for.
        size: K.

    Returns:
        (K, K) int64; what is no class is left out.
    """
    confusion = np.zeros((size, size), np.int64)
    confusion[np.ix_(rows[rows >= 0], columns[columns >= 0])] = counts[
        np.ix_(rows >= 0, columns >= 0)]
    return confusion


def check_groups(pixels: np.ndarray, split: ClassSplit,
                 problems: Problems) -> None:
    """Note groups of classes that no pixel is of.

    Args:
        pixels: (K, ) true pixels of each class.
        split: The split.
        problems: Takes what is wrong.
    """
    for group in ('seen', 'unseen'):
        classes = getattr(split, group)
        if classes and not pixels[list(split.ids(classes))].any():
            problems.add(NO_PIXEL, f'{group} ({", ".join(classes[:5])}'
                         + (', …)' if len(classes) > 5 else ')'))
