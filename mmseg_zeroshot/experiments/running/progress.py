"""How far a run is, and how long it will take."""
from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mmseg_zeroshot.utils.pace import duration

from .folders import DONE, LOG, places, read_object
from .tasks import Task

# MMEngine's log: Iter(train) [ 50/1000]
_COUNTER = re.compile(rb'\[ *(\d+)/(\d+)\]')
PAUSE = 30
"""Seconds between two lines about a running step."""
_CERTAIN = 0.05


class Progress:
    """Says which steps run, the time that passed and the time left.

    Steps that ran before, under any seed, give the first estimates.

    Args:
        tasks: All tasks.
        known: Seconds that steps took before, by name.
        jobs: Steps side by side.
        report: Takes lines of text.
        clock: Returns seconds.
    """

    def __init__(self, tasks: Sequence[Task], known: Mapping[str, float], *,
                 jobs: int = 1, report: Callable[[str], None] = print,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self.tasks = list(tasks)
        self.jobs = jobs
        self.report = report
        self.clock = clock
        self.start = clock()
        self._seconds = dict(known)
        self._open = set(tasks)
        self._begun: dict[Task, float] = {}
        self._told: dict[Task, float] = {}

    def skip(self, task: Task, reason: str) -> None:
        """Count a step that does not run.

        Args:
            task: The step.
            reason: Why, in words.
        """
        self._open.discard(task)
        self.report(f'{self._place(task)}: {reason}')

    def begin(self, task: Task, reason: str) -> None:
        """Say that a step starts.

        Args:
            task: The step.
            reason: Why, in words.
        """
        now = self.clock()
        self._begun[task] = self._told[task] = now
        self.report(f'{self._place(task)}: starts ({reason}; '
                    f'{self._overall(now)})')

    def tick(self) -> None:
        """Show now and then how far the running steps are."""
        now = self.clock()
        for task, told in self._told.items():
            if now - told < PAUSE:
                continue
            self._told[task] = now
            self.report(f'{self._place(task)}: {self._how_far(task, now)} '
                        f'({self._overall(now)})')

    def end(self, task: Task, failed: bool = False) -> float:
        """Count a step that has ended.

        Args:
            task: The step.
            failed: Whether it failed.

        Returns:
            The seconds that it took.
        """
        taken = self.clock() - self._begun.pop(task)
        self._told.pop(task)
        self._open.discard(task)
        if not failed:
            self._seconds[task.step.name] = taken
        self.report(f'{self._place(task)}: '
                    f'{"failed after" if failed else "done in"} '
                    f'{duration(taken)}')
        return taken

    def left(self, now: float) -> float | None:
        """Estimate the seconds left, None while nothing is known.

        Args:
            now: The time.
        """
        known = self._seconds
        average = sum(known.values()) / len(known) if known else None
        parts = []
        for task in self._open:
            seconds = self._left_of(task, now)
            seconds = average if seconds is None else seconds
            if seconds is None:
                return None
            parts.append(seconds)
        return max(sum(parts) / self.jobs, max(parts, default=0.))

    def _left_of(self, task: Task, now: float) -> float | None:
        """Estimate the seconds left of a step."""
        whole = self._seconds.get(task.step.name)
        if task not in self._begun:
            return whole
        spent = now - self._begun[task]
        part = fraction(task.folder / LOG)
        if part > _CERTAIN:
            return spent * (1 / part - 1)
        return None if whole is None else max(whole - spent, 0.)

    def _how_far(self, task: Task, now: float) -> str:
        text = (f'{100 * fraction(task.folder / LOG):.0f} %, '
                f'{duration(now - self._begun[task])} passed')
        left = self._left_of(task, now)
        return text if left is None else f'{text}, {duration(left)} left'

    def _overall(self, now: float) -> str:
        text = f'run: {duration(now - self.start)} passed'
        left = self.left(now)
        return (text if left is None
                else f'{text}, about {duration(left)} left')

    def _place(self, task: Task) -> str:
        number = self.tasks.index(task) + 1
        return f'[{number}/{len(self.tasks)}] {task.label}'


def known_seconds(work_dir: Path) -> dict[str, float]:
    """Return the seconds that steps took in a work dir, by name.

    Args:
        work_dir: Folder of the run.

    Returns:
        Of several runs of a step the longest: nobody minds being early.
    """
    found: dict[str, float] = {}
    for place in places(work_dir):
        for path in place.glob(f'*/{DONE}'):
            done = read_object(path) or {}
            # One that went on has done only a part of the work.
            if 'seconds' in done and not done.get('resumed'):
                name = done['step']
                found[name] = max(found.get(name, 0.), done['seconds'])
    return found


def fraction(log: Path) -> float:
    """Return how much of a step is done by its log's last counter.

    Args:
        log: The step's log.
    """
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
