"""What is wrong with a data set, in words."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing to mend.

    Attributes:
        what: What is wrong, a sentence without a full stop.
        place: The first file or folder that shows it.
        mend: What to do about it, a sentence without a full stop.
        count: How many files show it.
        fatal: Whether it stops a training or spoils it; else it is only
            unlikely to be meant.
    """

    what: str
    place: str
    mend: str
    count: int = 1
    fatal: bool = True

    def __str__(self) -> str:
        """Return all of it as one sentence."""
        return f'{self.what} ({self.place}): {self.mend}'


def first_of(places: list[str]) -> str:
    """Return the first of several places, and how many more there are.

    Args:
        places: At least one.
    """
    more = len(places) - 1
    return places[0] + (f' and {more:,} more' if more else '')
