"""Methods against one of them, paired by seed."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import mean, stdev
from typing import NamedTuple

from mmseg_zeroshot.utils.tables import markdown_rows

from .record import Record
from .tables import variant_cell

_Scores = dict['int | None', 'float | None']
"""hIoU by seed."""


class _Run(NamedTuple):
    """What sets a run apart from others of its data set, split and gamma."""

    method: str
    supervision: str
    variant: str

    def beside(self, base: _Run) -> str:
        """Return its name in a column that compares it with ``base``."""
        other = [value for value, common in zip(self[1:], base[1:])
                 if value and value != common]
        return f'{self.method} ({", ".join(other)})' if other else self.method


def paired_table(records: Sequence[Record], baseline: str) -> str:
    """Return how far methods are from a baseline in hIoU, seed by seed.

    Runs that share their data and all random numbers but for the method
    differ by far less than seeds do: their differences say more than the
    difference of two means.

    A run is compared with the baseline of its own supervision and variant.
    Where the baseline has only one, as plain ZS3Net beside graph context
    with true masks as layouts, all runs are compared with it, and the column
    says what is different about them.

    Args:
        records: Entries of results files.
        baseline: Name of the method that is subtracted.

    Returns:
        A Markdown table: a row for each data set, split and gamma at which
        another method ran, too, a column for each such method, ``mean ±
        sample standard deviation`` of the differences in percent.

    Raises:
        ValueError: the baseline has no run, or lacks a seed that another
            method of its row has; both are named.
    """
    rows: list[tuple[list[str], dict[str, str]]] = []
    for (_, split, gamma), runs in _grouped(records).items():
        bases = [run for run in runs if run.method == baseline]
        if not bases:
            raise ValueError(f'there is no run of {baseline!r} on {split} at '
                             f'gamma {gamma:g}')
        for base in bases:
            cells = {
                f'{run.beside(base)} - {baseline}': _difference(
                    runs[run], runs[base],
                    f'{run.beside(base)!r} on {split}', baseline)
                for run in runs if run.method != baseline
                and (len(bases) == 1 or run[1:] == base[1:])}
            name = ', '.join(filter(None, [split, base.variant]))
            if cells:
                rows.append(
                    ([name, f'{gamma:g}', str(len(runs[base]))], cells))
    columns = list(dict.fromkeys(key for _, cells in rows for key in cells))
    return markdown_rows(
        [['Split', 'gamma', 'Seeds', *columns]]
        + [[*head, *(cells.get(column, '-') for column in columns)]
           for head, cells in rows], left=1)


def _grouped(records: Iterable[Record]
             ) -> dict[tuple[str, str, float], dict[_Run, _Scores]]:
    """Return scores by data set, split and gamma, then by run."""
    groups: dict[tuple[str, str, float], dict[_Run, _Scores]] = {}
    for record in records:
        setting = (record['dataset'], record['split'], record['gamma'])
        run = _Run(record['method'], record['supervision'],
                   variant_cell(record['variant']))
        groups.setdefault(setting, {}).setdefault(run, {})[
            record['seed']] = record['generalised']['hIoU']
    return groups


def _difference(scores: _Scores, base: _Scores, name: str,
                baseline: str) -> str:
    """Return ``mean ± std`` of scores less the baseline's, or a dash."""
    missing = [seed for seed in scores if seed not in base]
    if missing:
        raise ValueError(f'{name} has seeds {missing}, of which there is no '
                         f'run of {baseline!r}')
    pairs = [(score, base[seed]) for seed, score in scores.items()]
    found = [a - b for a, b in pairs if a is not None and b is not None]
    if len(found) < len(pairs):
        return '-'  # no mean over some of the seeds
    # No -0.00.
    text = f'{round(mean(found), 2) + 0.0:+.2f}'
    return f'{text} ± {stdev(found):.2f}' if len(found) > 1 else text
