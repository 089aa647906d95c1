"""Runs tasks, side by side where they do not depend on each other."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from mmseg_zeroshot.experiments.writer import write_config
from mmseg_zeroshot.utils.io import explain_full_disk
from mmseg_zeroshot.utils.locks import locked

from .calls import command_line, environment, shown
from .executors import Call, Executor, Job, LocalExecutor
from .folders import CONFIG, LOG, State, begin, finish, state
from .progress import Progress, known_seconds
from .references import task_config
from .tasks import Task

_TAIL = 25
_POLL = 0.1


class StepsFailed(RuntimeError):
    """Steps failed; the message says which, why and how to repeat them."""


class Running(NamedTuple):
    """A task that runs."""

    job: Job
    state: State
    command: str


@dataclass(frozen=True)
class Settings:
    """How tasks are run.

    Attributes:
        executor: Where.
        jobs: How many side by side.
        experiment: Name of the experiment, for people.
        variables: Environment variables of every command.
        after: Called after every step.
        report: Takes lines about the progress.
    """

    executor: Executor
    jobs: int = 1
    experiment: str = ''
    variables: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[], object] = lambda: None
    report: Callable[[str], None] = print


def describe(tasks: Sequence[Task],
             modules: Path | None = None) -> Iterator[str]:
    """Say what :func:`run_tasks` would do, one task after the other.

    Args:
        tasks: All tasks.
        modules: Folder of modules that configs import; None without any.

    Yields:
        Whether it is done, goes on or runs and why, and its command.
    """
    words = dict(done='done', resume='goes on', run='runs')
    variables = environment(modules)
    for number, task in enumerate(tasks, 1):
        how = state(task)
        reason = '' if how.kind == 'done' else f' ({how.reason})'
        yield (f'[{number}/{len(tasks)}] {task.label}: {words[how.kind]}'
               f'{reason}\n    {shown(command_line(task, how), variables)}')


def run_tasks(tasks: Sequence[Task], work_dir: Path, *,
              executor: Executor | None = None, jobs: int = 1,
              experiment: str = '', modules: Path | None = None,
              after: Callable[[], object] = lambda: None,
              report: Callable[[str], None] = print) -> None:
    """Run what is not done yet.

    A step that fails keeps only those from running that depend on it.

    Args:
        tasks: All tasks, each after those that it depends on.
        work_dir: Their common folder.
        executor: Where they run; by default as processes of this machine.
        jobs: How many run side by side.
        experiment: Name of the experiment, for people.
        modules: Folder of modules that configs import; None without any.
        after: Called after every step.
        report: Takes lines about the progress.

    Raises:
        ValueError: ``jobs`` is less than 1.
        StepsFailed: Steps failed; what has finished stays so.
        RuntimeError: Another run uses the folder.
    """
    if jobs < 1:
        raise ValueError(f'--jobs must be at least 1, got {jobs}')
    settings = Settings(executor or LocalExecutor(jobs), jobs, experiment,
                        environment(modules), after, report)
    with lock(work_dir):
        _Run(tasks, work_dir, settings).to_end()


def lock(work_dir: Path) -> AbstractContextManager[None]:
    """Keep other runs out of a work dir.

    Args:
        work_dir: Folder of the run.

    Raises:
        RuntimeError: Another run uses it; the message says which.
    """
    return locked(work_dir, f'runs an experiment in {work_dir}',
                  'wait for it, or choose another --work-dir')


class _Run:
    """The tasks of a run, by what has become of them."""

    def __init__(self, tasks: Sequence[Task], work_dir: Path,
                 settings: Settings) -> None:
        self.settings = settings
        self.progress = Progress(tasks, known_seconds(work_dir),
                                 jobs=settings.jobs, report=settings.report)
        self.waiting = list(tasks)
        self.running: dict[Task, Running] = {}
        self.done: set[Task] = set()
        self.failed: dict[Task, str] = {}
        self.blocked: list[Task] = []

    def to_end(self) -> None:
        """Run until nothing is left that can run."""
        try:
            while self.waiting or self.running:
                self._block()
                self._start()
                self._look()
        except BaseException:
            for task, given in self.running.items():
                self._stop(task, given)
            raise
        if self.failed:
            raise StepsFailed(self._failures())

    def _block(self) -> None:
        """Drop the tasks that need something that failed."""
        for task in list(self.waiting):
            lost = [name for name, given in task.inputs.items()
                    if given in self.failed or given in self.blocked]
            if lost:
                self.waiting.remove(task)
                self.blocked.append(task)
                self.progress.skip(task, f'not run, it needs {lost[0]!r}')

    def _start(self) -> None:
        """Start the tasks whose inputs are there, while there is room."""
        for task in list(self.waiting):
            if len(self.running) >= self.settings.jobs:
                return
            if self.done.issuperset(task.inputs.values()):
                self.waiting.remove(task)
                self._try(task, self._begin)

    def _try(self, task: Task, action: Callable[..., None],
             *given: Any) -> None:
        """Let what goes wrong with a task stop this task alone."""
        try:
            with explain_full_disk(task.folder / LOG):
                action(task, *given)
        except (ValueError, OSError, RuntimeError) as error:
            self.failed.setdefault(task, f'step {task.label!r}: {error}')

    def _begin(self, task: Task) -> None:
        how = state(task)
        if how.kind == 'done':
            self.done.add(task)
            self.progress.skip(task, how.reason)
            return
        if task.step.final:
            # It reads the records of all others.
            self.settings.after()
        begin(task, self.settings.experiment)
        self._write_config(task, resume=how.kind == 'resume')
        line = command_line(task, how)
        command = shown(line, self.settings.variables)
        with (task.folder / LOG).open('a', encoding='utf-8') as file:
            file.write(f'$ {command}\n')
        job = self.settings.executor.submit(
            Call(line, task.folder, self.settings.variables))
        self.running[task] = Running(job, how, command)
        self.progress.begin(task, how.reason)

    def _look(self) -> None:
        """Wait a moment, and count what has ended."""
        if not self.running:
            return
        time.sleep(_POLL)
        self.progress.tick()
        for task, given in list(self.running.items()):
            code = given.job.code()
            if code is None:
                continue
            del self.running[task]
            seconds = self.progress.end(task, failed=code != 0)
            if code:
                self._try(task, self._fail, code, given)
            else:
                self._try(task, self._finish, given, seconds)
                self._after()

    def _after(self) -> None:
        """Let no page that cannot be written end the steps that run."""
        try:
            self.settings.after()
        except (ValueError, OSError) as error:
            self.settings.report(f'the results are not up to date: {error}')

    def _stop(self, task: Task, given: Running) -> None:
        """End a step; where that fails, the others end all the same."""
        try:
            given.job.stop()
        # Each executor has errors of its own.
        except Exception as error:
            self.settings.report(f'step {task.label!r} may still run, since '
                                 f'it cannot be stopped: {error}')

    def _fail(self, task: Task, code: int, given: Running) -> None:
        # First: on a full disk, the config cannot be written.
        self.failed[task] = _failure(task, code, given.command)
        self._write_config(task, resume=given.state.kind == 'resume')

    def _finish(self, task: Task, given: Running, seconds: float) -> None:
        self._write_config(task)
        finish(task, seconds=seconds, command=given.command,
               resumed=given.state.kind == 'resume')
        self.done.add(task)

    def _write_config(self, task: Task, resume: bool = False) -> None:
        """Write the config before a call, and after it once more.

        MMEngine puts a text of its own over it.
        """
        config = task_config(task, resume)
        if config is not None:
            write_config(
                task.folder / CONFIG, config, f'Step {task.label!r} of '
                f'experiment {self.settings.experiment!r}.')

    def _failures(self) -> str:
        texts = list(self.failed.values())
        if self.blocked:
            texts.append('Not run, because they need what failed: '
                         + '; '.join(task.label for task in self.blocked))
        texts.append('The same command goes on from here once this is '
                     'mended.')
        return '\n\n'.join(texts)


def _failure(task: Task, code: int, command: str) -> str:
    log = task.folder / LOG
    lines = log.read_text('utf-8', errors='replace').splitlines()
    tail = '\n'.join('    ' + text for text in lines[-_TAIL:])
    return (f'step {task.label!r} failed with exit code {code}. The end of '
            f'{log}:\n{tail}\nTo repeat it by hand:\n    {command}')
