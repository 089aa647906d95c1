"""Tables as text and Markdown, and the columns of the papers' tables."""
from __future__ import annotations

from collections.abc import Sequence

from .cells import markdown_text, one_line

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
    rows = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        '  '.join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
        for row in rows
    ]
    lines.insert(1, '-' * max(map(len, lines)))
    return '\n'.join(lines)


def markdown_rows(rows: Sequence[Sequence[str]], *, left: int) -> str:
    """Return rows of cells as a Markdown table.

    Args:
        rows: Header and body. Code in backticks is shown as code.
        left: Number of columns at the left that hold text.

    Returns:
        Lines without a trailing newline.
    """
    header, *body = rows
    rule = [':--'] * left + ['--:'] * (len(header) - left)
    return '\n'.join(f'| {" | ".join(row)} |' for row in (
        map(markdown_text, header), rule,
        *(map(markdown_text, row) for row in body)))


def percent(value: float | None) -> str:
    """Return a score with one digit, a dash where there is none."""
    return '-' if value is None else f'{value:.1f}'
