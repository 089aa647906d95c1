"""How fast something goes on, and how long it will take."""
from __future__ import annotations

import time

LOG_SECONDS = 5.
"""Least time between two lines in a log."""


class Pace:
    """Counts what is done and says when another line about it is due.

    Args:
        total: How many there will be.
        every: Least seconds between two lines.
        first_apart: Whether the first one, with all start-up, is left out of
            the rate as soon as there is a second one.
    """

    def __init__(self, total: int, *, every: float = LOG_SECONDS,
                 first_apart: bool = False) -> None:
        self.total, self.every, self.first_apart = total, every, first_apart
        self.done = 0
        self._start = self._now = self._shown = time.monotonic()

    def step(self) -> bool:
        """Count one.

        Returns:
            Whether ``every`` seconds have passed since the last line.
        """
        if self.done == 1 and self.first_apart:
            self._start = self._now
        self.done += 1
        self._now = time.monotonic()
        if self._now - self._shown < self.every:
            return False
        self._shown = self._now
        return True

    @property
    def rate(self) -> float:
        """How many are done in a second."""
        apart = self.first_apart and self.done > 1
        return (self.done - apart) / max(self._now - self._start, 1e-6)

    @property
    def left(self) -> float:
        """Seconds left."""
        return (self.total - self.done) / self.rate


def duration(seconds: float) -> str:
    """Return seconds as 1:05 or 2:01:05.

    Args:
        seconds: The seconds.
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f'{hours}:{minutes:02d}:{rest:02d}'
    return f'{minutes}:{rest:02d}'
