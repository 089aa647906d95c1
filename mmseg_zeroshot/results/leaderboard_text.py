"""Leaderboards as text for a terminal, Markdown and CSV."""
from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

from mmseg_zeroshot.utils.cells import csv_value, markdown_text, one_line
from mmseg_zeroshot.utils.tables import (
    markdown_rows,
    score_headings,
    text_table,
)

from .leaderboard import SETTINGS, Board, ranking_score
from .published import as_printed
from .summaries import Summary
from .tables import (
    extra_columns,
    gamma_cell,
    score_cells,
    variant_cell,
)

COMPACT = ('Seen mIoU', 'Unseen mIoU', 'Overall mIoU', 'hIoU')
_INTRODUCTION = """# Leaderboard

Mean ± sample standard deviation over seeds, in percent. Runs are ranked only
with runs of the same data set, split, setting and supervision that were
scored by the same rules. Published rows are the papers' own numbers, as
printed; they are not ranked.
"""


class BoardRow(NamedTuple):
    """A row of a board, as text."""

    rank: str
    """``'1'`` …; ``'-'`` without a score and for published rows."""
    names: list[str]
    """Under :func:`name_headings`."""
    scores: list[str]
    """Under the board's headings, or those asked for."""
    source: str
    """Empty for runs; the paper's table and remarks for published rows."""


def board_rows(board: Board, headings: Sequence[str]) -> list[BoardRow]:
    """Return our runs, ranked, then the papers' rows.

    Args:
        board: A board.
        headings: Scores to show, of ``score_headings``.
    """
    extra = list(extra_columns(board.rows).values())
    rows = [
        BoardRow(
            rank_cell(board, i),
            [row['method'], *(column[i] for column in extra),
             gamma_cell(row), str(row['runs'])],
            score_cells(row, headings), '')
        for i, row in enumerate(board.rows)]
    places = [score_headings().index(heading) for heading in headings]
    return rows + [
        BoardRow(
            '-', [row['method'], *['-'] * len(extra), '-', '-'],
            [as_printed(row['mean'][i]) for i in places], source_cell(row))
        for row in board.published]


def name_headings(board: Board) -> list[str]:
    """Return the headings of a board's columns left of the scores.

    Args:
        board: A board.
    """
    return ['Method', *extra_columns(board.rows), 'gamma', 'Seeds']


def rank_cell(board: Board, row: int) -> str:
    """Return a run's place, ``'-'`` if it has no score to be ranked by."""
    if ranking_score(board.rows[row], board.setting) < 0:
        return '-'
    return str(board.rank(row))


def source_cell(row: Summary) -> str:
    """Return a published row's source, supervision and note."""
    used = row['supervision']
    shown = '' if used == 'paper' else f' ({used})'
    note = f'; {row["note"]}' if row['note'] else ''
    return f'published{shown}: {row["source"]}{note}'


def not_run_text(board: Board) -> str:
    """Return which published methods have no run of ours; maybe nothing."""
    return f'Not run: {", ".join(board.not_run)}.' if board.not_run else ''


def terminal_text(boards: Sequence[Board]) -> str:
    """Return the boards with runs of ours, and what was not run.

    Args:
        boards: Of :func:`make_boards`.
    """
    parts = []
    for board in boards:
        if board.rows:
            shown = _compact(board)
            table = [['#', *name_headings(board), *shown, '']]
            table += [[row.rank, *row.names, *row.scores, row.source]
                      for row in board_rows(board, shown)]
            lines = [one_line(f'{board.title} ({board.rules})'), _table(table),
                     not_run_text(board)]
            parts.append('\n'.join(filter(None, lines)))
    missing = dict.fromkeys(b.split for b in boards if not b.rows)
    if missing:
        parts.append('Published protocols, not run: ' + ', '.join(missing))
    return '\n\n'.join(parts)


def markdown_page(boards: Sequence[Board]) -> str:
    """Return a page with every board and all its scores.

    Args:
        boards: Of :func:`make_boards`.
    """
    parts = [_INTRODUCTION]
    for board in boards:
        headings = board.headings
        names = name_headings(board)
        sources = ['Source'] * bool(board.published)
        table = [['#', *names, *headings, *sources]]
        table += [[row.rank, *row.names, *row.scores, *[row.source][:len(
            sources)]] for row in board_rows(board, headings)]
        lines = [f'## {markdown_text(board.title)}', '',
                 f'{markdown_text(board.rules.capitalize())}.', '',
                 markdown_rows(table, left=len(names) - 1), '']
        parts.append('\n'.join([*lines, *filter(None, [not_run_text(board)])]))
    return '\n'.join(part.rstrip('\n') + '\n' for part in parts)


def csv_text(boards: Sequence[Board]) -> str:
    """Return every row of every board for programs, unrounded.

    ``status`` is ``run``, ``published`` or ``not run``.

    Args:
        boards: Of :func:`make_boards`.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator='\n')

    def write(cells: Sequence[object]) -> None:
        writer.writerow(map(csv_value, cells))

    write([
        'status', 'rank', 'dataset', 'split', 'setting', 'supervision',
        'background', 'absent', 'classes', 'method', 'variant', 'embeddings',
        'gamma', 'seeds', 'scored from', 'own rules', 'source', 'note',
        *(f'{heading} {which}' for heading in score_headings()
          for which in ('mean', 'std'))])
    for board in boards:
        for i, row in enumerate(board.rows):
            write(['run', rank_cell(board, i).strip('-'),
                   *_csv_cells(board, row, '', '')])
        for row in board.published:
            write(['published', '', *_csv_cells(
                board, row, row['source'], row['note'])])
        for method in board.not_run:
            write(['not run', '', board.dataset, board.split,
                   board.setting, '', '', '', '', method])
    return stream.getvalue()


def _csv_cells(board: Board, row: Summary, source: str,
               note: str) -> list[object]:
    texts = [board.dataset, board.split, board.setting, row['supervision'],
             row['background'], row['absent'], board.classes, row['method'],
             variant_cell(row['variant']), row['embeddings'],
             ' '.join(f'{gamma:g}' for gamma in row['gamma']),
             row['runs'], row['made_from'] if row['runs'] else '',
             row['own_rules'], source, note]
    return texts + [value for pair in zip(row['mean'], row['std'])
                    for value in pair]


def _compact(board: Board) -> Sequence[str]:
    return COMPACT if board.setting.startswith(
        SETTINGS[0]) else board.headings


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Align a table whose last column is text of any length."""
    body = text_table([row[:-1] for row in rows], left=2).split('\n')
    sources = [rows[0][-1], '', *(one_line(row[-1]) for row in rows[1:])]
    return '\n'.join(f'{line}  {source}'.rstrip()
                     for line, source in zip(body, sources))
