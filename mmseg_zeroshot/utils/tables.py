"""Results records as rows of a text table."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SCORE_COLUMNS = tuple(
    (group, key) for group in ('seen', 'unseen', 'overall')
    for key in ('PA', 'MA', 'mIoU'))
"""Columns of the papers' tables; hIoU follows them."""


def score_headings() -> list[str]:
    """Return the headings that go with :func:`score_values`."""
    return [*(f'{group.capitalize()} {key}' for group, key in SCORE_COLUMNS),
            'hIoU', 'Vanilla mIoU']


def score_values(record: dict[str, Any]) -> list[float | None]:
    """Return the scores of one results record in the papers' order.

    Args:
        record: An entry of ``zero_shot_results.json``.

    Returns:
        PA, MA and mIoU of seen, unseen and all classes, hIoU, and the
        vanilla mIoU of the unseen classes, in percent; None where undefined.
    """
    generalised = record['generalised']
    vanilla = record.get('vanilla') or {'unseen': {'mIoU': None}}
    return [*(generalised[group][key] for group, key in SCORE_COLUMNS),
            generalised['hIoU'], vanilla['unseen']['mIoU']]


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
