"""Text tables, and the columns of the papers' tables."""
from __future__ import annotations

from collections.abc import Sequence

SCORE_COLUMNS = tuple(
    (group, key) for group in ('seen', 'unseen', 'overall')
    for key in ('PA', 'MA', 'mIoU'))
"""Columns of the papers' tables; hIoU follows them."""


def score_headings() -> list[str]:
    """Return the headings over the scores of a record."""
    return [*(f'{group.capitalize()} {key}' for group, key in SCORE_COLUMNS),
            'hIoU', 'Vanilla mIoU']


def text_table(rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Align rows in columns, the first row over a line.

    Args:
        rows: Header and body, all of one length.
        left: Number of columns at the left that hold text.

    Returns:
        Lines without a trailing newline.
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        '  '.join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
        for row in rows
    ]
    lines.insert(1, '-' * max(map(len, lines)))
    return '\n'.join(lines)


def percent(value: float | None) -> str:
    """Return a score with one digit, a dash where there is none."""
    return '-' if value is None else f'{value:.1f}'
