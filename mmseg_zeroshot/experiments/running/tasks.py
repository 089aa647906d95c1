"""Steps times seeds: what a run of an experiment consists of."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mmseg_zeroshot.experiments.step import Step
from mmseg_zeroshot.semantics.names import hint

from .identity import Identity, fingerprint, identity

SHARED_SEED = 0
"""Seed of a step that is run once for all seeds."""
SHARED = 'shared'
"""Folder of the steps that are run once."""


@dataclass(frozen=True, eq=False)
class Task:
    """A step for one seed.

    Attributes:
        step: The step.
        seed: Its seed.
        work_dir: Folder of the run, an absolute path.
        inputs: The tasks that it takes something from, by name of the step.
    """

    step: Step
    seed: int
    work_dir: Path
    inputs: Mapping[str, Task]

    @property
    def seeded(self) -> bool:
        """Whether there is one for each seed."""
        return self.step.seeded and not self.step.final

    @property
    def label(self) -> str:
        """Name for people."""
        name = self.step.name
        return f'{name}, seed {self.seed}' if self.seeded else name

    @cached_property
    def identity(self) -> Identity:
        """What decides about the outcome; see :func:`.identity.identity`."""
        return identity(self.step, self.seed, {
            name: given.fingerprint for name, given in self.inputs.items()})

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the identity: equal ones have equal outcomes."""
        return fingerprint(self.identity)

    @property
    def place(self) -> Path:
        """Folder of all its step's folders of this seed."""
        return self.work_dir / (
            f'seed{self.seed}' if self.seeded else SHARED)

    @property
    def folder(self) -> Path:
        """Where everything that it writes goes."""
        return self.place / f'{self.step.name}-{self.fingerprint[:8]}'


def make_tasks(steps: Iterable[Step], seeds: Sequence[int],
               work_dir: Path) -> list[Task]:
    """Return every step for every seed, in an order that can be run.

    Args:
        steps: The steps, each after those that it takes something from.
        seeds: Seeds. A step that is not seeded runs once, a final one once
            after all others.
        work_dir: Folder of the run.

    Raises:
        ValueError: No seed or one twice, or a step does not fit the others.
    """
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f'seeds must be different numbers, got {seeds}')
    steps = list(steps)
    _check(steps)
    work_dir = work_dir.absolute()
    shared: dict[str, Task] = {}
    tasks: list[Task] = []
    for seed in seeds:
        known = dict(shared)
        for step in steps:
            if step.name in shared or step.final:
                continue
            task = Task(step, seed if step.seeded else SHARED_SEED, work_dir,
                        {name: known[name] for name in step.needs})
            known[step.name] = task
            if not step.seeded:
                shared[step.name] = task
            tasks.append(task)
    # What ran for all seeds decides whether a final step is up to date.
    rows = {f'{task.step.name}-{task.seed}': task for task in tasks
            if task.step.report}
    return tasks + [Task(step, SHARED_SEED, work_dir, rows)
                    for step in steps if step.final]


def _check(steps: Sequence[Step]) -> None:
    """Compare every step with those before it."""
    earlier: dict[str, Step] = {}
    for step in steps:
        place = f'step {step.name!r}'
        if step.name in earlier or not re.fullmatch(r'[\w-]+', step.name):
            raise ValueError(f'{place}: the name is taken, or holds something '
                             'other than letters, digits, _ and -')
        for name in step.needs:
            if name not in earlier:
                raise ValueError(f'{place} needs {name!r}, which is no step '
                                 'before it.' + hint(name, list(earlier)))
            if step.final or earlier[name].final:
                raise ValueError(f'{place}: a final step stands by itself, '
                                 f'but one of it and {name!r} takes something '
                                 'from the other')
            if earlier[name].seeded and not step.seeded:
                raise ValueError(f'{place} is run once, but needs {name!r}, '
                                 'which is run for every seed')
        earlier[step.name] = step
