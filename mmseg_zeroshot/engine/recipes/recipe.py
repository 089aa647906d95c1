"""What a recipe says: steps, what each loads, and for which seeds."""
from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmseg_zeroshot.semantics.names import hint

FOLDER = 'configs/recipes'
VALUES = 'values.json'
"""Where tools that choose config values leave them, by config key."""
_REFERENCE = re.compile(r'\{([\w-]+)\.(checkpoint|folder|value:[\w.]+)\}')
SHARED_SEED = 0
"""Seed of a step that is run once for all seeds."""


@dataclass(frozen=True)
class Step:
    """One call of one tool.

    Text in ``arguments``, ``options`` and ``env`` may hold
    ``{step.checkpoint}`` and ``{step.folder}`` of an earlier step,
    ``{step.value:KEY}``, a config key that it chose, and ``{folder}`` and
    ``{seed}``, the step's own.

    Attributes:
        name: Name of the step and of its folder.
        tool: A file of ``tools/`` without ``.py``.
        config: Config file, relative to the repository.
        load: Earlier step whose checkpoint it starts from, or tests.
        arguments: More arguments of the tool.
        options: Config keys to change (``--cfg-options``).
        env: Environment variables.
        seeded: Run for each seed, or once for all of them.
        final: Run once, after all seeds; its text may hold ``{results}``,
            the file of all records so far.
        report: Whether its results are a row of the table; by default what
            ``test`` gives.
        seconds: What it takes on two cores, for the first estimate.
    """

    name: str
    tool: str
    config: str = ''
    load: str = ''
    arguments: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    seeded: bool = True
    final: bool = False
    report: bool | None = None
    seconds: float = 0.

    @property
    def reports(self) -> bool:
        """Whether its results belong into the table."""
        return self.tool == 'test' if self.report is None else self.report

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the steps that it takes something from, each once."""
        texts = [*self.arguments, *map(str, self.options.values()),
                 *self.env.values()]
        found = [m[1] for text in texts for m in _REFERENCE.finditer(text)]
        return tuple(dict.fromkeys([self.load, *found] if self.load
                                   else found))


@dataclass(frozen=True)
class Recipe:
    """A named list of steps.

    Attributes:
        name: Name of the recipe.
        steps: In the order of running.
        root: The repository, which holds ``tools`` and ``configs``.
    """

    name: str
    steps: tuple[Step, ...]
    root: Path


@dataclass(frozen=True)
class Task:
    """A step for one seed.

    Attributes:
        step: The step.
        seed: Its seed.
        folder: Where everything that it writes goes.
        inputs: The tasks that it takes something from, by name of the step.
        root: The repository.
    """

    step: Step
    seed: int
    folder: Path
    inputs: dict[str, Task]
    root: Path

    @property
    def label(self) -> str:
        """Name for people."""
        name = self.step.name
        return f'{name}, seed {self.seed}' if self.step.seeded else name


def load_recipe(name: str, root: Path) -> Recipe:
    """Read a recipe: an MMEngine config with a list ``steps``.

    Args:
        name: Name of a file in ``configs/recipes``, or a path.
        root: The repository.

    Returns:
        The recipe, checked.

    Raises:
        ValueError: there is no such recipe, or a step is wrong: an unknown
            key, tool or earlier step, a missing config, or the same name
            twice.
    """
    path = root / FOLDER / f'{name}.py'
    if name.endswith('.py'):
        path = Path(name)
    if not path.is_file():
        known = sorted(p.stem for p in (root / FOLDER).glob('*.py'))
        raise ValueError(f'unknown recipe {name!r}.' + hint(name, known))
    with quiet():
        config = Config.fromfile(path)
    steps: list[Step] = []
    for entry in config.get('steps') or ():
        step = _step(entry, path)
        _check(step, steps, root, path)
        steps.append(step)
    if not steps:
        raise ValueError(f"{path} has no list 'steps'")
    return Recipe(path.stem, tuple(steps), root)


def make_tasks(recipe: Recipe, seeds: Sequence[int],
               work_dir: Path) -> list[Task]:
    """Return every step for every seed, in the order of running.

    Args:
        recipe: The recipe.
        seeds: Seeds; a step that does not depend on them is run once.
        work_dir: Folder of the run; steps get ``shared/NAME`` and
            ``seedN/NAME``.

    Raises:
        ValueError: no seed, or one twice.
    """
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f'seeds must be different numbers, got {seeds}')
    shared: dict[str, Task] = {}
    tasks: list[Task] = []
    for seed in seeds:
        known = dict(shared)
        for step in recipe.steps:
            if step.name in shared or step.final:
                continue
            place = f'seed{seed}' if step.seeded else 'shared'
            task = Task(step, seed if step.seeded else SHARED_SEED,
                        work_dir / place / step.name,
                        {name: known[name] for name in step.needs},
                        recipe.root)
            known[step.name] = task
            if not step.seeded:
                shared[step.name] = task
            tasks.append(task)
    # What ran for all seeds decides whether a final step is up to date.
    inputs = {f'{task.step.name}-{task.seed}': task for task in tasks
              if task.step.reports}
    return tasks + [
        Task(step, SHARED_SEED, work_dir / 'shared' / step.name,
             dict(inputs), recipe.root)
        for step in recipe.steps if step.final
    ]


def fill_in(text: str, task: Task, checkpoints: Mapping[str, Path]) -> str:
    """Replace ``{step.checkpoint}`` and what else a :class:`Step` may name.

    Args:
        text: Of an argument, an option or an environment variable.
        task: The task.
        checkpoints: Checkpoints of its inputs.

    Raises:
        ValueError: a step did not choose the key that is asked of it.
    """

    def replace(match: re.Match) -> str:
        name, what = match.groups()
        if what == 'checkpoint':
            return str(checkpoints[name])
        if what == 'folder':
            return str(task.inputs[name].folder)
        return str(chosen_value(task.inputs[name], what.partition(':')[2]))

    own = dict(folder=str(task.folder), seed=str(task.seed),
               results=str(task.folder.parents[1] / 'results.json'))
    for name, value in own.items():
        text = text.replace(f'{{{name}}}', value)
    return _REFERENCE.sub(replace, text)


def fill_in_option(value: Any, task: Task,
                   checkpoints: Mapping[str, Path]) -> Any:
    """Do for the value of an option what :func:`fill_in` does for text.

    Args:
        value: The value.
        task: The task.
        checkpoints: Checkpoints of its inputs.

    Returns:
        The value; of a lone ``{step.value:KEY}`` what was chosen itself,
        which may be a list or a bool.

    Raises:
        ValueError: a step did not choose the key that is asked of it.
    """
    if not isinstance(value, str):
        return value
    lone = _REFERENCE.fullmatch(value)
    if lone and lone[2].startswith('value:'):
        return chosen_value(task.inputs[lone[1]], lone[2].partition(':')[2])
    return fill_in(value, task, checkpoints)


def chosen_value(task: Task, key: str) -> Any:
    """Return what a tuning step chose for a config key.

    Args:
        task: The step's task.
        key: The config key.

    Returns:
        The value; before the step has run, a text in its place.

    Raises:
        ValueError: the step ran and did not choose this key.
    """
    path = task.folder / VALUES
    if not path.is_file():
        return f'CHOSEN_BY_{task.step.name}'
    values = json.loads(path.read_text('utf-8'))
    if key not in values:
        raise ValueError(f'step {task.label!r} chose no {key!r}.'
                         + hint(key, list(values)))
    return values[key]


def rename_references(step: Step, names: Mapping[str, str]) -> Step:
    """Give a step, and what it refers to, other names.

    Args:
        step: The step.
        names: New names of steps by their old ones.
    """

    def rename(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return _REFERENCE.sub(
            lambda m: f'{{{names.get(m[1], m[1])}.{m[2]}}}', value)

    return replace(
        step,
        name=names.get(step.name, step.name),
        load=names.get(step.load, step.load),
        arguments=[rename(text) for text in step.arguments],
        options={key: rename(v) for key, v in step.options.items()},
        env={key: rename(v) for key, v in step.env.items()})


@contextmanager
def quiet() -> Iterator[None]:
    """Keep MMEngine from logging every variable that a config reads."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


def _step(entry: Mapping[str, Any], path: Path) -> Step:
    known = [f.name for f in fields(Step)]
    for key in entry:
        if key not in known:
            raise ValueError(f'unknown key {key!r} in a step of {path}.'
                             + hint(key, known))
    for key in ('name', 'tool'):
        if not entry.get(key):
            raise ValueError(f'a step of {path} has no {key!r}: '
                             f'{dict(entry)}')
    return Step(**entry)


def _check(step: Step, earlier: Sequence[Step], root: Path,
           path: Path) -> None:
    """Compare a step with those before it and with what is there."""
    place = f'step {step.name!r} of {path}'
    names = {other.name: other for other in earlier}
    if step.name in names or not re.fullmatch(r'[\w-]+', step.name):
        raise ValueError(f'{place}: the name is taken, or holds something '
                         'other than letters, digits, _ and -')
    if not (root / 'tools' / f'{step.tool}.py').is_file():
        known = [p.stem for p in (root / 'tools').glob('*.py')]
        raise ValueError(f'{place}: there is no tool {step.tool!r}.'
                         + hint(step.tool, known))
    if step.config and not (root / step.config).is_file():
        raise ValueError(f'{place}: there is no config {step.config}')
    for name in step.needs:
        if name not in names:
            raise ValueError(f'{place} needs {name!r}, which is no step '
                             'before it.' + hint(name, list(names)))
        if step.final or names[name].final:
            raise ValueError(f'{place}: a final step stands by itself, but '
                             f'one of it and {name!r} takes something from '
                             'the other')
        if names[name].seeded and not step.seeded:
            raise ValueError(f'{place} is run once, but needs {name!r}, '
                             'which is run for every seed')
