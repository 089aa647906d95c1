"""How far a recipe is, and how long it will take."""
from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .recipe import Task

# MMEngine's log: Iter(train) [ 50/1000]
_COUNTER = re.compile(rb'\[ *(\d+)/(\d+)\]')
_PAUSE = 30


class Progress:
    """Prints which step runs, the time that passed and the time left.

    The first estimate is what the recipe says; finished steps correct it.

    Args:
        tasks: All tasks.
        known: Seconds that tasks took in an earlier run, by label.
        report: Takes lines of text.
        clock: Returns seconds.
    """

    def __init__(self, tasks: Sequence[Task], known: Mapping[str, float],
                 report: Callable[[str], None] = print,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self.tasks = list(tasks)
        self.report = report
        self.clock = clock
        self.start = clock()
        self._known = dict(known)
        self._open = {task.label for task in tasks}
        self._taken: dict[str, float] = {}
        self._current: Task | None = None
        self._begun = self._told = self.start
        self._live = sys.stdout.isatty() and report is print

    def skip(self, task: Task) -> None:
        """Count a step that was finished before."""
        self._open.discard(task.label)
        self.report(f'{self._place(task)}: already done')

    def begin(self, task: Task, how: str) -> None:
        """Say that a step starts."""
        self._current = task
        self._begun = self._told = self.clock()
        self.report(f'{self._place(task)}: {how} '
                    f'({self._times(self._begun, 0.)})')

    def tick(self, log: Path) -> None:
        """Show how far the step is, now and then."""
        now = self.clock()
        if self._current is None or not (
                self._live or now - self._told >= _PAUSE):
            return
        self._told = now
        part = fraction(log)
        text = (f'{self._place(self._current)}: {100 * part:.0f} % '
                f'({self._times(now, part)})')
        if self._live:
            print(f'\r{text:<78}', end='\r', flush=True)
        else:
            self.report(text)

    def end(self, task: Task) -> float:
        """Count a finished step and return the seconds that it took."""
        now = self.clock()
        self._taken[task.label] = now - self._begun
        self._open.discard(task.label)
        self._current = None
        text = (f'{self._place(task)}: done in '
                f'{duration(now - self._begun)}')
        # Over what the last tick left on the line.
        self.report(f'{text:<78}' if self._live else text)
        return self._taken[task.label]

    def left(self, now: float, part: float) -> float | None:
        """Estimate the seconds left, None while nothing is known.

        Args:
            now: The time.
            part: How much of the current step is done, 0 to 1.
        """
        taken = {task.label: task for task in self.tasks
                 if task.label in self._taken}
        guesses = [(self._guess(task), self._taken[name])
                   for name, task in taken.items()]
        matched = [(g, t) for g, t in guesses if g]
        factor = (sum(t for _, t in matched) / sum(g for g, _ in matched)
                  if matched else 1.)
        average = (sum(self._taken.values()) / len(taken)
                   if taken else None)
        total = 0.
        for task in self.tasks:
            if task.label not in self._open:
                continue
            guess = self._guess(task)
            seconds = guess * factor if guess else average
            if seconds is None:
                return None
            if task is self._current:
                spent = now - self._begun
                seconds = (spent * (1 / part - 1) if part > .2
                           else max(seconds - spent, 0.))
            total += seconds
        return total

    def _guess(self, task: Task) -> float:
        return self._known.get(task.label) or task.step.seconds

    def _place(self, task: Task) -> str:
        number = self.tasks.index(task) + 1
        return f'[{number}/{len(self.tasks)}] {task.label}'

    def _times(self, now: float, part: float) -> str:
        left = self.left(now, part)
        text = f'{duration(now - self.start)} passed'
        if left is not None:
            text += f', about {duration(left)} left'
        return text


def fraction(log: Path) -> float:
    """Return how much of a run is done by its log's last counter."""
    try:
        with log.open('rb') as file:
            file.seek(max(0, log.stat().st_size - 4096))
            counters = _COUNTER.findall(file.read())
    except OSError:
        return 0.
    if not counters:
        return 0.
    done, total = map(int, counters[-1])
    return min(done / max(total, 1), 1.)


def duration(seconds: float) -> str:
    """Return seconds as 1:05 or 2:01:05."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f'{hours}:{minutes:02d}:{rest:02d}'
    return f'{minutes}:{rest:02d}'
