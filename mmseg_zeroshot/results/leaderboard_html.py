"""Leaderboards as one page that needs no network and no other file."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mmseg_zeroshot.utils.cells import one_line
from mmseg_zeroshot.utils.tables import score_headings

from .leaderboard import SETTINGS, Board
from .leaderboard_text import BoardRow, board_rows, name_headings, not_run_text
from .summaries import Summary

_TEMPLATE = 'leaderboard.html'
_FILTERS = dict(dataset='Data set', split='Split', setting='Setting',
                supervision='Supervision')


class Cell(NamedTuple):
    """A cell of the head or the body."""

    text: str
    column: str
    """What the page sorts by when its heading is clicked."""
    kind: str = ''
    """The class in the style sheet: text, detail, main or published."""
    value: str = ''
    """What is sorted; empty sorts last."""
    spread: str = ''
    """The standard deviation, shown smaller."""


def html_page(boards: Sequence[Board], summary: str = '') -> str:
    """Return the page: tables that sort on a click, and filters.

    It also reads without scripts; then nothing is sorted or filtered.

    Args:
        boards: Of :func:`make_boards`.
        summary: A sentence on what was read.
    """
    # Names come from files that others wrote: markup in them is text.
    environment = Environment(
        autoescape=True, finalize=_finalized, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, loader=FileSystemLoader(
            Path(__file__).parent / 'assets', encoding='utf-8'))
    return environment.get_template(_TEMPLATE).render(
        summary=summary, filters=_filters(boards),
        boards=[_board(board) for board in boards])


def _finalized(value: object) -> object:
    """Keep control characters out of the page; markup of ours stays so."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return one_line(value)
    return value


def _filters(boards: Sequence[Board]) -> list[dict[str, Any]]:
    return [dict(name=name, title=title, values=dict.fromkeys(
        getattr(board, name) for board in boards))
        for name, title in _FILTERS.items()]


def _board(board: Board) -> dict[str, Any]:
    """Return what the template shows of a board."""
    return dict(
        board=board, data={name: getattr(board, name) for name in _FILTERS},
        not_run=not_run_text(board), head=_head(board), rows=_rows(board))


def _head(board: Board) -> list[Cell]:
    names = ['#', *name_headings(board)]
    return [
        *(Cell(name, str(i), 'text' if 1 <= i < len(names) - 2 else '')
          for i, name in enumerate(names)),
        *(Cell(heading, heading, _detail(heading))
          for heading in board.headings)]


def _rows(board: Board) -> list[dict[str, Any]]:
    rows = []
    shown = board_rows(board, board.headings)
    for row, summary in zip(shown, [*board.rows, *board.published]):
        last = len(row.names) - 2
        names = [_name(row.rank, '0', ''), *(
            _name(name, str(i), 'text' if i <= last else '')
            for i, name in enumerate(row.names, 1))]
        rows.append(dict(source=row.source, cells=[
            *names, *_score_cells(board, row, summary)]))
    return rows


def _score_cells(board: Board, row: BoardRow, summary: Summary) -> list[Cell]:
    cells = []
    main = 'hIoU' if board.setting.startswith(SETTINGS[0]) else 'Vanilla mIoU'
    for heading, text in zip(board.headings, row.scores):
        value = summary['mean'][score_headings().index(heading)]
        average, _, spread = text.partition(' ± ')
        cells.append(Cell(
            average, heading,
            'main' if heading == main else _detail(heading),
            '' if value is None else f'{value:.6g}', spread))
    return cells


def _name(text: str, column: str, kind: str) -> Cell:
    return Cell(text, column, kind, '' if text == '-' else text)


def _detail(heading: str) -> str:
    """Return the class of columns that the page hides at first."""
    return 'detail' if heading.endswith((' PA', ' MA')) else ''
