"""A task's folder: what is in it, and what it says about the task.

``step.json`` is written before the step starts and has its identity,
``done.json`` when it has finished. Other files are the step's own.
"""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mmseg_zeroshot.experiments.written import VALUES
from mmseg_zeroshot.results import read_records
from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.last_checkpoint import NOTE, last_checkpoint
from mmseg_zeroshot.utils.reading import read_json
from mmseg_zeroshot.utils.typing_utils import JSONObject, JSONValue

from .reasons import why
from .tasks import SHARED, Task

STEP, DONE, CONFIG, LOG = 'step.json', 'done.json', 'config.py', 'log.txt'
RESULTS = 'zero_shot_results.json'
"""What ``ZeroShotResultsHook`` writes."""
MAKE_FOLDERS = ('build-feature-bank', 'pseudo-label')
"""Commands whose ``--out`` is a folder that later steps read.

Stopped, they go on."""


class State(NamedTuple):
    """What there is to do for a task."""

    kind: str
    """``'done'``, ``'resume'`` or ``'run'``."""
    reason: str
    """Why, in words."""


def state(task: Task) -> State:
    """Look into a task's folder.

    Args:
        task: The task.
    """
    done = read_object(task.folder / DONE)
    if done:
        lost = _lost(task, done)
        return State('run', f'{lost} is gone') if lost else State(
            'done', 'already done')
    if not read_object(task.folder / STEP):
        return State('run', why(task, earlier_run(task)))
    notes: list[str] = []
    checkpoint = last_checkpoint(task.folder, notes.append)
    if task.step.command == 'train' and checkpoint:
        return State('resume', '; '.join(
            [f'goes on from {checkpoint.name}', *notes]))
    if task.step.command in MAKE_FOLDERS:
        return State('resume', 'goes on')
    return State('run', '; '.join(
        ['it was begun and has not finished', *notes]))


def begin(task: Task, experiment: str = '') -> None:
    """Prepare a task's folder.

    Args:
        task: The task.
        experiment: Name of the experiment.

    Raises:
        ValueError: The folder holds something that no run has made.
    """
    begun = read_object(task.folder / STEP)
    if begun is None and task.folder.exists() and any(task.folder.iterdir()):
        raise ValueError(
            f'{task.folder} is there already and was not made by '
            'mmseg-zeroshot run: choose another --work-dir, or move it away')
    # Only a task whose outputs are gone is begun once more.
    (task.folder / DONE).unlink(missing_ok=True)
    _note_checkpoint(task.folder)
    write_json(task.folder / STEP, dict(
        step=task.step.name, experiment=experiment,
        fingerprint=task.fingerprint, **task.identity))


def finish(task: Task, *, seconds: float, command: str,
           resumed: bool) -> None:
    """Mark a task as done.

    Args:
        task: The task.
        seconds: What it took.
        command: Its command line.
        resumed: Whether it took only the rest of the work.

    Raises:
        ValueError: It left less than it should, such as no results although
            it is a row of the table.
    """
    checkpoint = last_checkpoint(task.folder)
    marker = dict(
        step=task.step.name, fingerprint=task.fingerprint,
        seconds=round(seconds, 1), resumed=resumed, command=command,
        checkpoint=checkpoint and checkpoint.name)
    if lost := _lost(task, marker):
        raise ValueError(
            f'step {task.label!r} ended without an error, but left no {lost} '
            f'in {task.folder}' + (
                ': it has to validate or test, or be no row of the table'
                if lost == RESULTS else ''))
    if task.step.report:
        read_records(task.folder / RESULTS)
    write_json(task.folder / DONE, marker)


def is_done(task: Task) -> bool:
    """Whether a task has finished and what it made is there.

    Args:
        task: The task.
    """
    done = read_object(task.folder / DONE)
    return done is not None and not _lost(task, done)


def earlier_run(task: Task) -> JSONObject | None:
    """Return the newest ``step.json`` of another folder of a task's step.

    Args:
        task: The task; folders of other seeds do not count.
    """
    known = [(path.stat().st_mtime_ns, said)
             for path, said in step_files(task.place)
             if said['step'] == task.step.name
             and path.parent != task.folder]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def step_files(place: Path) -> Iterator[tuple[Path, JSONObject]]:
    """Yield path and content of every ``step.json`` that a run has written.

    Args:
        place: ``WORK_DIR/seedN`` or ``WORK_DIR/shared``.
    """
    for path in sorted(place.glob(f'*/{STEP}')):
        said = read_object(path)
        if said and 'step' in said and 'fingerprint' in said:
            yield path, said


def places(work_dir: Path) -> list[Path]:
    """Return the folders of all seeds, and the shared one.

    Args:
        work_dir: Folder of the run.
    """
    found = [path for path in work_dir.glob('seed*')
             if path.name[4:].isdigit()]
    return [path for path in (work_dir / SHARED, *sorted(found))
            if path.is_dir()]


def read_object(path: Path) -> JSONObject | None:
    """Return a file's content, None if it is missing or unreadable.

    Args:
        path: The file.
    """
    try:
        content = read_json(path)
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def write_json(path: Path, content: JSONValue) -> None:
    """Write a file whole or not at all.

    Args:
        path: The file.
        content: Plain values.
    """
    with atomic_write(path, 'w') as file:
        json.dump(content, file, indent=1)


def _lost(task: Task, done: Mapping[str, JSONValue]) -> str:
    """Return the name of an output that is not there; empty if all are."""
    return next((name for name in _outputs(task, done)
                 if not _is_there(task.folder / name)), '')


def _outputs(task: Task, done: Mapping[str, JSONValue]) -> Iterator[str]:
    """Yield what a finished task has left and others read."""
    step = task.step
    if done.get('checkpoint'):
        yield done['checkpoint']
    if step.report:
        yield RESULTS
    if step.command == 'calibrate':
        yield VALUES
    if step.command in MAKE_FOLDERS and '--out' in step.arguments:
        out = step.arguments[step.arguments.index('--out') + 1]
        yield out.removeprefix('{folder}/')


def _is_there(path: Path) -> bool:
    """Whether there is such a file, or a folder that holds something."""
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


def _note_checkpoint(folder: Path) -> None:
    """Let MMEngine's note name the checkpoint of this very folder.

    It is an absolute path. Of a folder that was moved or copied, it leads
    to another one's checkpoint or to none.
    """
    checkpoint = last_checkpoint(folder)
    if checkpoint:
        with atomic_write(folder / NOTE, 'w') as file:
            file.write(str(checkpoint))
