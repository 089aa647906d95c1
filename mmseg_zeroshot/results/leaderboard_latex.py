"""Leaderboards as LaTeX tables in the papers' layout."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from mmseg_zeroshot.utils.cells import latex_cell
from mmseg_zeroshot.utils.tables import score_headings

from .leaderboard import Board
from .leaderboard_text import board_rows

_GROUPS = (r' & \multicolumn{3}{c}{Seen} & \multicolumn{3}{c}{Unseen}'
           r' & \multicolumn{3}{c}{Overall} & \\')


def latex_text(boards: Sequence[Board]) -> str:
    r"""Return one ``table*`` for each data set and setting.

    The document needs ``\usepackage{booktabs}``. Within a board the best
    mean of our runs is bold, published rows are in italics.

    Args:
        boards: Of :func:`make_boards`.
    """
    ordered = sorted(boards, key=lambda b: (not b.rows, b.dataset, b.setting))
    tables = [_table(dataset, setting, list(group))
              for (_, dataset, setting), group in groupby(
                  ordered, lambda b: (not b.rows, b.dataset, b.setting))]
    return ('% Needs \\usepackage{booktabs}. Mean \\pm sample standard '
            'deviation over seeds.\n' + '\n'.join(tables))


def _table(dataset: str, setting: str, boards: Sequence[Board]) -> str:
    scores = boards[0].headings
    names = [r'Method', r'$\gamma$', 'Seeds']
    lines = [
        r'\begin{table*}', r'\centering',
        rf'\caption{{{latex_cell(dataset)}, {latex_cell(setting)} setting.}}',
        rf'\begin{{tabular}}{{l{"r" * (len(names) + len(scores) - 1)}}}',
        r'\toprule']
    if len(scores) > 1:
        lines += [' &' * (len(names) - 1) + _GROUPS]
    lines.append(' & '.join([*names, *(h.split()[-1] for h in scores)])
                 + r' \\')
    for board in boards:
        lines += [r'\midrule', *_body(board, len(names) + len(scores))]
    return '\n'.join([*lines, r'\bottomrule', r'\end{tabular}',
                      r'\end{table*}', ''])


def _body(board: Board, width: int) -> list[str]:
    few = f', $n = {board.num_images}$' if board.num_images else ''
    lines = [rf'\multicolumn{{{width}}}{{l}}{{{latex_cell(board.split)}, '
             rf'{latex_cell(board.supervision)}{few} '
             rf'({latex_cell(board.rules)})}} \\']
    best = _best(board)
    for number, row in enumerate(board_rows(board, board.headings)):
        ours = number < len(board.rows)
        # Variant and Vectors belong to the name here.
        method, *extra = row.names[:-2]
        name = latex_cell(', '.join([method, *(x for x in extra if x != '-')]))
        cells = [_score(cell, ours and best[i] == number)
                 for i, cell in enumerate(row.scores)]
        lines.append(' & '.join([
            name if ours else rf'\textit{{{name}}}', *map(
                latex_cell, row.names[-2:]), *cells]) + r' \\')
    if board.not_run:
        lines.append(rf'\multicolumn{{{width}}}{{l}}{{Not run: '
                     rf'{latex_cell(", ".join(board.not_run))}}} \\')
    return lines


def _best(board: Board) -> list[int | None]:
    """Return the row of the best mean in each column, of several runs."""
    found: list[int | None] = []
    for heading in board.headings:
        place = score_headings().index(heading)
        scores = [(row['mean'][place], -i) for i, row in enumerate(board.rows)
                  if row['mean'][place] is not None]
        found.append(-max(scores)[1] if len(board.rows) > 1 and scores
                     else None)
    return found


def _score(cell: str, bold: bool) -> str:
    if cell == '-':
        return '--'
    text = cell.replace('±', r'\pm')
    return rf'$\mathbf{{{text}}}$' if bold else f'${text}$'
