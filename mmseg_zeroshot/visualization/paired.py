"""Methods against one of them, paired by seed."""
from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, stdev

from .records import Record
from .tables import markdown_rows, variant_cell

_SETTING = ('dataset', 'split', 'label', 'gamma')


def paired_table(records: Sequence[Record], baseline: str) -> str:
    """Return how far methods are from a baseline in hIoU, seed by seed.

    Runs that share their data and all random numbers but for the method
    differ by far less than seeds do: their differences say more than the
    difference of two means.

    Args:
        records: Entries of results files.
        baseline: Name of the method that is subtracted.

    Returns:
        A Markdown table: a row for each data set, split, label, variant and
        gamma, a column for each other method, ``mean ± sample standard
        deviation`` of the differences in percent.

    Raises:
        ValueError: the baseline has no run, or lacks a seed that another
            method of its row has; both are named.
    """
    methods = [name for name in dict.fromkeys(r['method'] for r in records)
               if name != baseline]
    groups: dict[tuple, dict[str, dict[int, float | None]]] = {}
    for record in records:
        setting = (*(record.get(key) or '' for key in _SETTING),
                   variant_cell(record) if record.get('variant') else '')
        groups.setdefault(setting, {}).setdefault(record['method'], {})[
            record['seed']] = record['generalised']['hIoU']
    rows = [['Split', 'gamma', 'Seeds', *(f'{m} - {baseline}'
                                          for m in methods)]]
    for (_, split, _, gamma, variant), scores in groups.items():
        seeds = scores.get(baseline, {})
        rows.append([
            ', '.join(filter(None, [split, variant])), f'{gamma or 0:g}',
            str(len(seeds)),
            *(_difference(scores.get(m), seeds, f'{m!r} on {split}', baseline)
              for m in methods)])
    return markdown_rows(rows, left=1)


def _difference(scores: dict[int, float | None] | None,
                base: dict[int, float | None], name: str,
                baseline: str) -> str:
    """Return ``mean ± std`` of scores less the baseline's, or a dash."""
    if scores is None:
        return '-'
    missing = sorted(scores.keys() - base.keys())
    if missing:
        raise ValueError(f'{name} has seeds {missing}, of which there is no '
                         f'run of {baseline!r}')
    pairs = [(scores[seed], base[seed]) for seed in sorted(scores)]
    found = [a - b for a, b in pairs if a is not None and b is not None]
    if len(found) < len(pairs):
        return '-'  # no mean over some of the seeds
    # No -0.00.
    text = f'{round(mean(found), 2) + 0.0:+.2f}'
    return f'{text} ± {stdev(found):.2f}' if len(found) > 1 else text
