"""Run the tasks of a recipe, each as a call of its tool."""
from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mmseg_zeroshot.utils.locks import locked

from .progress import Progress
from .recipe import Task, fill_in, fill_in_option
from .state import (
    DONE,
    begin,
    finish,
    identity,
    last_checkpoint,
    read_marker,
    status,
)

LOG = 'log.txt'
_TAIL = 25


class StepFailed(RuntimeError):
    """A step's tool failed; the message says which, why and how to repeat."""


def plan(tasks: Sequence[Task],
         cfg_options: Sequence[str] = ()) -> list[tuple[Task, str, str]]:
    """Say what :func:`run_tasks` would do.

    Args:
        tasks: All tasks.
        cfg_options: Config keys to change in every step, ``key=value``.

    Returns:
        Task, ``'done'``, ``'resume'`` or ``'run'``, and its command.
    """
    found: dict[int, str] = {}
    lines = []
    for task in tasks:
        how = 'run'
        if all(found[id(given)] == 'done' for given in task.inputs.values()):
            how = status(task, identity(task, cfg_options))
        found[id(task)] = how
        lines.append((task, how, shown(task, cfg_options, how == 'resume')))
    return lines


def run_tasks(tasks: Sequence[Task],
              work_dir: Path,
              *,
              cfg_options: Sequence[str] = (),
              after: Callable[[], Any] = lambda: None,
              report: Callable[[str], None] = print) -> None:
    """Run what is not done yet, in order.

    Args:
        tasks: All tasks.
        work_dir: Their common folder.
        cfg_options: Config keys to change in every step, ``key=value``.
        after: Called after every step.
        report: Takes lines about the progress.

    Raises:
        StepFailed: a tool failed; what was finished before it stays so.
        Locked: another run uses the folder.
        ValueError: see :func:`begin` and :func:`finish`.
    """
    known = {task.label: marker['seconds'] for task in tasks
             if (marker := read_marker(task, DONE))}
    progress = Progress(tasks, known, report)
    with locked(work_dir, 'runs a recipe',
                'wait for it, or choose another --work-dir'):
        for task in tasks:
            wanted = identity(task, cfg_options)
            how = status(task, wanted)
            if how == 'done':
                progress.skip(task)
                continue
            begin(task, wanted, how == 'resume')
            progress.begin(task, 'goes on' if how == 'resume' else 'starts')
            text = shown(task, cfg_options, how == 'resume')
            _call(task, cfg_options, how == 'resume', progress, text)
            finish(task, wanted, text, progress.end(task))
            after()


def command(task: Task, cfg_options: Sequence[str],
            resume: bool) -> tuple[list[str], dict[str, str]]:
    """Return a task's command line and its environment variables.

    Args:
        task: The task.
        cfg_options: Config keys that the user changes in every step.
        resume: Whether a training goes on.
    """
    step = task.step
    checkpoints = {name: _checkpoint(given)
                   for name, given in task.inputs.items()}
    options = {key: fill_in_option(value, task, checkpoints)
               for key, value in step.options.items()}
    line = [sys.executable, short(task.root / 'tools' / f'{step.tool}.py')]
    if step.config:
        line.append(short(task.root / step.config))
    if step.load and step.tool == 'train':
        # MMEngine would resume the checkpoint that is to be loaded.
        options['load_from'] = None if resume else str(checkpoints[step.load])
    elif step.load:
        line.append(str(checkpoints[step.load]))
    if step.tool in ('train', 'test'):
        line += ['--work-dir', str(task.folder)]
        options['randomness.seed'] = task.seed
    if resume and step.tool == 'train':
        line.append('--resume')
    line += [fill_in(text, task, checkpoints) for text in step.arguments]
    pairs = [f'{key}={option_text(value, task)}'
             for key, value in options.items()] + list(cfg_options)
    if pairs and step.config:
        line += ['--cfg-options', *pairs]
    return line, {key: fill_in(value, task, checkpoints)
                  for key, value in step.env.items()}


def option_text(value: Any, task: Task) -> str:
    """Write a value so that MMEngine's ``--cfg-options`` reads it back.

    Raises:
        ValueError: MMEngine would take the text for something else.
    """
    if isinstance(value, (list, tuple)):
        return '[' + ','.join(option_text(v, task) for v in value) + ']'
    if isinstance(value, str) and set(value) & set(' ,[]()\'"'):
        raise ValueError(
            f'step {task.step.name!r}: --cfg-options cannot hold {value!r} '
            '(it strips spaces and quotes and splits at commas). For a path: '
            'choose a --work-dir without them')
    if not isinstance(value, (str, int, float, bool, type(None))):
        raise ValueError(f'step {task.step.name!r}: --cfg-options cannot '
                         f'hold {value!r}')
    return str(value)


def shown(task: Task, cfg_options: Sequence[str], resume: bool) -> str:
    """Return a task's command as text for a shell."""
    line, variables = command(task, cfg_options, resume)
    return ' '.join([*(f'{key}={shlex.quote(value)}'
                       for key, value in variables.items()),
                     shlex.join(line)])


def short(path: Path) -> str:
    """Return a path relative to the working directory where it is below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _checkpoint(task: Task) -> Path:
    """Return a finished task's checkpoint; a pattern before it ran."""
    return last_checkpoint(task) or task.folder / 'iter_N.pth'


def _call(task: Task, cfg_options: Sequence[str], resume: bool,
          progress: Progress, text: str) -> None:
    """Run the tool, with its output in the log."""
    line, variables = command(task, cfg_options, resume)
    log = task.folder / LOG
    with log.open('ab') as stream:
        stream.write(f'$ {text}\n'.encode())
        stream.flush()
        process = subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=stream,
            stderr=subprocess.STDOUT,
            env={**os.environ, 'PYTHONUNBUFFERED': '1', **variables})
        try:
            while True:
                try:
                    code = process.wait(1)
                    break
                except subprocess.TimeoutExpired:
                    progress.tick(log)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if code:
        raise StepFailed(_failure(task, code, log, text))


def _failure(task: Task, code: int, log: Path, text: str) -> str:
    lines = log.read_text('utf-8', errors='replace').splitlines()
    tail = '\n'.join('    ' + line for line in lines[-_TAIL:])
    return (f'step {task.label!r} failed with exit code {code}. The end of '
            f'{log}:\n{tail}\nTo repeat it by hand:\n    {text}\nThe same '
            'recipe goes on from here once it is mended.')
