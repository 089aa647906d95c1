"""The command line of a task."""
from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

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


def shown(line: Sequence[str]) -> str:
    """Return a command line as text for a shell.

    Args:
        line: Of :func:`command_line`.
    """
    return shlex.join(line)
