"""Leaderboards: which runs may be ranked together, and in what order."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mmseg_zeroshot.semantics.supervision import (
    SUPERVISIONS,
    supervision_rank,
)
from mmseg_zeroshot.utils.tables import score_headings

from .published import published_rows
from .record import Record
from .summaries import Summary, summarize

_HIOU = score_headings().index('hIoU')
_VANILLA = score_headings().index('Vanilla mIoU')
SETTINGS = ('generalised', 'vanilla')
"""Seen and unseen classes compete, or unseen classes alone."""


@dataclass
class Board:
    """Runs that were trained and scored by the same rules, best first."""

    dataset: str
    split: str
    setting: str
    """``'generalised'`` or ``'vanilla'``; ``'generalised few-label'`` …"""
    supervision: str
    background: str | None
    absent: str | None
    own_rules: str = ''
    """See :func:`.scored_files.own_rules`."""
    num_images: int | None = None
    """n of few-label: runs with more labels are not ranked with others."""
    classes: str = ''
    """Classes in each group, where another board differs in nothing else."""
    rows: list[Summary] = field(default_factory=list)
    """Ours, ranked by hIoU; by the vanilla mIoU where that is the setting."""
    published: list[Summary] = field(default_factory=list)
    """The papers' rows of this data set, split and setting; not ranked."""
    not_run: list[str] = field(default_factory=list)
    """Methods of published rows that no run of ours has on this split."""

    @property
    def title(self) -> str:
        """Data set, split, setting and supervision."""
        few = f', n = {self.num_images}' if self.num_images else ''
        return (f'{self.dataset}, {self.split}, {self.setting}{few}: '
                f'{self.supervision}')

    @property
    def rules(self) -> str:
        """How background and absent classes are counted, and which."""
        classes = f'; classes: {self.classes}' if self.classes else ''
        own = f'; {self.own_rules}' if self.own_rules else ''
        return (f'background: {self.background or "not stated"}; absent '
                f'classes: {self.absent or "not stated"}{own}{classes}')

    @property
    def headings(self) -> list[str]:
        """The scores that this setting has."""
        if self.setting.startswith('vanilla'):
            return ['Vanilla mIoU']
        return score_headings()[:-1]

    def rank(self, row: int) -> int:
        """Return the place of a row, 1 for the best; ties share one.

        Args:
            row: Position in ``rows``.
        """
        score = ranking_score(self.rows[row], self.setting)
        return 1 + sum(ranking_score(other, self.setting) > score
                       for other in self.rows)


def ranking_score(summary: Summary, setting: str) -> float:
    """Return the score that orders a board; below 0 where there is none.

    Args:
        summary: A row.
        setting: The board's.
    """
    place = _VANILLA if setting.startswith('vanilla') else _HIOU
    score = summary['mean'][place]
    return -1.0 if score is None else score


def make_boards(records: Sequence[Record]) -> list[Board]:
    """Sort runs into boards, with the papers' rows beside them.

    A board holds runs of one data set, split, setting and supervision,
    scored on the same pixels of the same groups of classes, with the same
    rules for background, absent classes and files; nothing else is ranked
    together.

    Args:
        records: Entries of results files.

    Returns:
        Boards of our runs, then those that only papers report on.

    Raises:
        RepeatedSeed: see :func:`summarize`.
    """
    boards: dict[tuple, Board] = {}
    summaries = summarize(records)
    for summary in summaries:
        for setting in SETTINGS:
            if _has_scores(summary, setting):
                board = _board_of(summary, setting)
                board = boards.setdefault((
                    board.title, board.rules, summary['protocol']), board)
                if not _repeats(summary, board):
                    board.rows.append(summary)
    _name_classes(boards)
    ours = sorted(boards.values(), key=_order)
    for board in ours:
        board.rows.sort(key=lambda row: -ranking_score(row, board.setting))
        board.published = [row for row, place in _published_places()
                           if place == _place(board)]
        board.not_run = _missing(board, summaries)
    return ours + _unmatched(ours, summaries)


def _name_classes(boards: Mapping[tuple, Board]) -> None:
    """Say on which classes boards are that differ in nothing else."""
    alike = Counter(key[:-1] for key in boards)
    for (*shown, protocol), board in boards.items():
        if alike[tuple(shown)] > 1:
            board.classes = protocol or 'not stated'


def _board_of(summary: Summary, setting: str) -> Board:
    if setting in SETTINGS and _states_n(summary):
        setting += f' {summary["supervision"]}'
    return Board(
        dataset=summary['dataset'], split=summary['split'],
        setting=setting,
        supervision=summary['supervision'], background=summary['background'],
        absent=summary['absent'], own_rules=summary['own_rules'],
        num_images=n_of(summary))


def _unmatched(ours: Sequence[Board],
               summaries: Sequence[Summary]) -> list[Board]:
    """Return boards of the papers' rows that no run of ours stands beside."""
    covered = {_place(board) for board in ours}
    boards: dict[tuple, Board] = {}
    for row, place in _published_places():
        if place not in covered:
            board = boards.setdefault(place, _board_of(row, place[1]))
            board.supervision = 'published'
            board.published.append(row)
    for board in boards.values():
        board.not_run = _missing(board, summaries)
    return list(boards.values())


def _published_places() -> Iterator[tuple[Summary, tuple]]:
    """Yield each published row with the split, setting and n it is on."""
    for row in published_rows():
        for setting in SETTINGS:
            if _has_scores(row, setting):
                yield row, _place(_board_of(row, setting))


def _place(board: Board) -> tuple:
    return board.split, board.setting, board.num_images


def _repeats(summary: Summary, board: Board) -> bool:
    """Say whether only gamma tells a run from another of a vanilla board.

    Where unseen classes compete alone, gamma changes nothing.
    """
    def identity(row: Summary) -> tuple:
        return (row['method'], row['variant'], row['embeddings'],
                row['mean'][_VANILLA])

    return board.setting.startswith('vanilla') and any(
        identity(row) == identity(summary) for row in board.rows)


def _missing(board: Board, summaries: Sequence[Summary]) -> list[str]:
    """Return the published methods that no run of ours has on the split."""
    ran = {(row['method'] + mark, n_of(row)) for row in summaries
           if row['split'] == board.split
           for mark in ('', ' (calibrated)')[:1 + any(row['gamma'])]}
    methods = dict.fromkeys(row['method'] for row in board.published)
    return [method for method in methods
            if (method, board.num_images) not in ran]


def n_of(row: Summary) -> int | None:
    """Return n of a few-label row, the images with labels per class."""
    n = row['variant'].get('n') if _states_n(row) else None
    return n if isinstance(n, int) else None


def _states_n(row: Summary) -> bool:
    known = SUPERVISIONS.get(row['supervision'])
    return known is not None and known.states_n


def _has_scores(summary: Summary, setting: str) -> bool:
    place = (_VANILLA,) if setting == 'vanilla' else range(_VANILLA)
    return any(summary['mean'][i] is not None for i in place)


def _order(board: Board) -> tuple:
    return (board.dataset, board.split, supervision_rank(board.supervision),
            board.num_images or 0, board.setting, board.rules)
