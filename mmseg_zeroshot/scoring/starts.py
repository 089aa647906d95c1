"""Whether ids start at 0 or at 1: found from the data, never guessed."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from .numbering import OUTSIDE, Numbering
from .problems import Kind, Problems

_ALIKE_FIRST = ((0, 0), (1, 1), (0, 1), (1, 0))
_MARGIN = {(0, 0): 1., (1, 1): 1., (0, 1): 1.25, (1, 0): 1.25}
_ZERO = "mmseg's reduce_zero_label"
OPEN = Kind(f'it is open whether ids start at 0 or at 1, {_ZERO}',
            'say which it is with --first-id and --truth-first-id')


def find_starts(counts: np.ndarray, truth: Numbering, prediction: Numbering,
                told: tuple[int | None, int | None], problems: Problems,
                ignored: Sequence[int] = ()) -> tuple[int, int]:
    """Find the first id of label maps and predictions.

    A start is possible where every id that occurs has a meaning under it;
    predictions do not start at 1 where one would mean an ignored class. Of
    several possible pairs of starts the first of 0 and 0, 1 and 1, 0 and
    1, 1 and 0 is taken, unless another pair has a larger share of right
    pixels (a quarter larger where one side starts at 0 and the other at 1,
    as chance makes such pairs alike). That one is taken if half of all pixels
    are right by it, and by no other pair half as many; else the user is
    asked.

    Args:
        counts: (T, P) pixels by the codes of both sides.
        truth: The label maps' ids.
        prediction: The predictions' ids.
        told: The two starts, where the user says them, truth first.
        problems: Takes the question.
        ignored: The split's ids of ignored classes.

    Returns:
        The start of the label maps and of the predictions. Where no pair is
        possible, the ones that are told or 0: the ids outside are an error
        of the caller.
    """
    options = [
        possible_starts(counts.sum(1), truth, told[0]),
        possible_starts(counts.sum(0), prediction, told[1], ignored)]
    possible = [pair for pair in _ALIKE_FIRST
                if pair in set(product(*options))]
    if not possible:
        return told[0] or 0, told[1] or 0
    first, *others = possible
    shares = {pair: _right(counts, truth, prediction, pair, ignored)
              for pair in possible}
    better = [pair for pair in others
              if shares[pair] > shares[first] * _MARGIN[pair]]
    if not better:
        return first
    best, second = sorted(possible, key=shares.__getitem__)[:-3:-1]
    if shares[best] < 0.5 or shares[second] > shares[best] / 2:
        problems.add(OPEN, f'{_says(first, shares)}; {_says(best, shares)}')
    return best


def describe_starts(starts: tuple[int, int]) -> str:
    """Return what was found, in words; nothing where both start at 0.

    Args:
        starts: Of label maps and predictions.
    """
    texts = [f'{what} start at 1, and 0 is no label' for what, start in zip(
        ('label maps', 'predictions'), starts) if start]
    return '; '.join(texts) + f' ({_ZERO})' if texts else ''


def possible_starts(present: np.ndarray, side: Numbering, told: int | None,
                    never: Sequence[int] = ()) -> tuple[int, ...]:
    """Return the starts under which every id that occurs has a meaning.

    Args:
        present: (codes, ) pixels of each code.
        side: The ids of the side.
        told: The start, where the user says it.
        never: The split's ids of classes that no id may mean if ids start
            at 1.

    Returns:
        The starts, lowest first; none where an id is outside of the list.
    """
    if told is not None:
        return (told, )
    found = np.flatnonzero(present[:-1])
    meanings = {start: side.meaning(start)[found] for start in side.starts}
    return tuple(
        start for start, meaning in meanings.items()
        if (meaning != OUTSIDE).all()
        and not (start and np.isin(meaning, never).any()))


def _right(counts: np.ndarray, truth: Numbering, prediction: Numbering,
           starts: tuple[int, int], ignored: Sequence[int]) -> float:
    """Return the share of right pixels, of those that are scored."""
    rows, columns = truth.meaning(starts[0]), prediction.meaning(starts[1])
    scored = (rows >= 0) & ~np.isin(rows, ignored)
    counts, right = counts[scored], rows[scored][:, None] == columns
    return float(counts[right].sum() / max(counts.sum(), 1))


def _says(pair: tuple[int, int], shares: dict[tuple[int, int], float]) -> str:
    return (f'{100 * shares[pair]:.1f} % of the pixels are right if label '
            f'maps start at {pair[0]} and predictions at {pair[1]}')
