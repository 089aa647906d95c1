"""The command line of a task."""
from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .folders import CONFIG, State
from .references import checkpoint_path, fill_in
from .tasks import Task

PROGRAM = (sys.executable, '-m', 'mmseg_zeroshot')
"""What runs a subcommand."""
_MMSEG = ('train', 'test')


def command_line(task: Task, state: State) -> list[str]:
    """Return a task's command line.

    Args:
        task: The task.
        state: What there is to do.
    """
    step = task.step
    line = [*PROGRAM, step.command]
    if step.config is not None:
        line.append(str(task.folder / CONFIG))
    if step.load:
        line.append(checkpoint_path(task.inputs[step.load]))
    if step.command in _MMSEG:
        line += ['--work-dir', str(task.folder)]
    if step.command == 'train' and state.kind == 'resume':
        line.append('--resume')
    return line + [str(fill_in(text, task)) for text in step.arguments]


def environment(modules: Path | None) -> dict[str, str]:
    """Return the environment variables that a command needs.

    Args:
        modules: Folder of modules that configs import; None without any.
    """
    if modules is None:
        return {}
    given = os.environ.get('PYTHONPATH')
    folders = [str(modules), *([given] if given else [])]
    return dict(PYTHONPATH=os.pathsep.join(folders))


def shown(line: Sequence[str],
          variables: Mapping[str, str] | None = None) -> str:
    """Return a command line as text for a shell.

    Args:
        line: Of :func:`command_line`.
        variables: Of :func:`environment`.
    """
    before = [f'{name}={shlex.quote(value)}'
              for name, value in (variables or {}).items()]
    return ' '.join([*before, shlex.join(line)])
