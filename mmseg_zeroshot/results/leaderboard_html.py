"""Leaderboards as one page that needs no network and no other file."""
from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from mmseg_zeroshot.utils.tables import score_headings

from .leaderboard import SETTINGS, Board
from .leaderboard_text import BoardRow, board_rows, name_headings, not_run_text
from .summaries import Summary

_TEMPLATE = Path(__file__).parent / 'assets' / 'leaderboard.html'
_FILTERS = dict(dataset='Data set', split='Split', setting='Setting',
                label='Label')


def html_page(boards: Sequence[Board], summary: str = '') -> str:
    """Return the page: tables that sort on a click, and filters.

    It also reads without scripts; then nothing is sorted or filtered.

    Args:
        boards: Of :func:`make_boards`.
        summary: A sentence on what was read.
    """
    page = _TEMPLATE.read_text('utf-8')
    parts = dict(
        summary=escape(summary), filters=_filters(boards),
        boards='\n'.join(_board(board) for board in boards))
    for name, text in parts.items():
        page = page.replace('{{' + name + '}}', text)
    return page


def _filters(boards: Sequence[Board]) -> str:
    lines = []
    for name, title in _FILTERS.items():
        values = dict.fromkeys(getattr(board, name) for board in boards)
        options = ''.join(f'<option>{escape(value)}</option>'
                          for value in values)
        lines.append(f'<label>{title}<select name="{name}">'
                     f'<option value="">all</option>{options}</select>'
                     '</label>')
    return '\n'.join(lines)


def _board(board: Board) -> str:
    data = ' '.join(f'data-{name}="{escape(getattr(board, name))}"'
                    for name in _FILTERS)
    few = f', n = {board.num_images}' if board.num_images else ''
    body = '\n'.join(_rows(board))
    missing = not_run_text(board)
    return (
        f'<section {data}>\n<h2>{escape(board.dataset)}, '
        f'{escape(board.split)}</h2>\n<p><span class="tag label">'
        f'{escape(board.label)}{few}</span><span class="tag">'
        f'{escape(board.setting)}</span><span class="dim">'
        f'{escape(board.rules)}</span></p>\n<div class="scroll"><table>\n'
        f'{_head(board)}\n<tbody>\n{body}\n</tbody></table></div>\n'
        + (f'<p class="notrun">{escape(missing)}</p>\n' if missing else '')
        + '</section>')


def _head(board: Board) -> str:
    names = ['#', *name_headings(board)]
    cells = [_heading(name, str(i), 'text' if 1 <= i < len(names) - 2 else '')
             for i, name in enumerate(names)]
    cells += [_heading(heading, heading, _detail(heading))
              for heading in board.headings]
    if board.published:
        cells.append('<th class="text published">Source</th>')
    return f'<thead><tr>{"".join(cells)}</tr></thead>'


def _heading(text: str, column: str, kind: str) -> str:
    return (f'<th{_kind(kind)} data-column="{escape(column)}" scope="col">'
            f'<button type="button">{escape(text)}</button></th>')


def _rows(board: Board) -> list[str]:
    lines = []
    shown = board_rows(board, board.headings)
    for row, summary in zip(shown, [*board.rows, *board.published]):
        kind = ' class="published"' if row.source else ''
        cells = [_text(row.rank, '0', '')]
        last = len(row.names) - 2
        cells += [_text(name, str(i), 'text' if i <= last else '')
                  for i, name in enumerate(row.names, 1)]
        cells += _score_cells(board, row, summary)
        if board.published:
            cells.append(f'<td class="text source published">'
                         f'{escape(row.source)}</td>')
        lines.append(f'<tr{kind}>{"".join(cells)}</tr>')
    return lines


def _score_cells(board: Board, row: BoardRow, summary: Summary) -> list[str]:
    cells = []
    main = 'hIoU' if board.setting.startswith(SETTINGS[0]) else 'Vanilla mIoU'
    for heading, text in zip(board.headings, row.scores):
        value = summary['mean'][score_headings().index(heading)]
        kind = 'main' if heading == main else _detail(heading)
        number = '' if value is None else f'{value:.6g}'
        average, _, spread = text.partition(' ± ')
        spread = f' <span class="spread">± {spread}</span>' if spread else ''
        bar = f' style="--v:{number}"' if kind == 'main' and number else ''
        cells.append(f'<td{_kind(kind)}{bar} data-column="{heading}" '
                     f'data-value="{number}">{average}{spread}</td>')
    return cells


def _text(text: str, column: str, kind: str) -> str:
    value = '' if text == '-' else text
    return (f'<td{_kind(kind)} data-column="{column}" '
            f'data-value="{escape(value)}">{escape(text)}</td>')


def _kind(name: str) -> str:
    return f' class="{name}"' if name else ''


def _detail(heading: str) -> str:
    """Return the class of columns that the page hides at first."""
    return 'detail' if heading.endswith((' PA', ' MA')) else ''
