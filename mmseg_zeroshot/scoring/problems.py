"""What is wrong with files, gathered so that all of it is said at once."""
from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SHOWN = 10
"""So many places of a kind are named; the others are counted."""


class Kind(NamedTuple):
    """A kind of problem.

    Attributes:
        what: What is wrong, in the plural, such as ``'predictions are
            missing'``.
        mend: What to do about it, a sentence without a full stop.
    """

    what: str
    mend: str


class Problems:
    """Problems by kind, in the order in which the kinds were met."""

    def __init__(self) -> None:
        self._places: dict[Kind, list[str]] = {}

    def add(self, kind: Kind, *places: str) -> None:
        """Note places that show a problem.

        Args:
            kind: The kind.
            places: A file, with what is wrong in it.
        """
        if places:
            self._places.setdefault(kind, []).extend(places)

    def update(self, others: Iterable[tuple[Kind, list[str]]]) -> None:
        """Take over problems.

        Args:
            others: As :meth:`items` gives them.
        """
        for kind, places in others:
            self.add(kind, *places)

    def items(self) -> Iterable[tuple[Kind, list[str]]]:
        """Return every kind with its places."""
        return self._places.items()

    def raise_if_any(self) -> None:
        """Say all of it at once.

        Raises:
            ValueError: There is a problem.
        """
        if self._places:
            # Label maps are read twice where predictions are scores.
            kinds = [_text(kind, sorted(set(places)))
                     for kind, places in self._places.items()]
            raise ValueError('nothing is scored:\n' + '\n'.join(kinds))


def _text(kind: Kind, places: list[str]) -> str:
    more = len(places) - SHOWN
    shown = ', '.join(places[:SHOWN])
    rest = f' and {more:,} more' if more > 0 else ''
    return f'- {kind.what} ({len(places):,}): {shown}{rest}\n  {kind.mend}'
