"""What of a recipe is done: a marker in the folder of every step."""
from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmengine.config import Config, DictAction

from mmseg_zeroshot.utils import atomic_write

from .recipe import SHARED_SEED, Step, Task, quiet

STARTED, DONE = 'started.json', 'done.json'
RESULTS = 'zero_shot_results.json'
_RESUMABLE = ('train', 'build_feature_bank', 'pseudo_label', 'sweep')


def identity(task: Task, cfg_options: Sequence[str]) -> dict[str, Any]:
    """Say what decides about a task's outcome.

    Args:
        task: The task; its inputs are finished.
        cfg_options: Config keys that the user changes in every step.

    Returns:
        ``fingerprint`` of command, config with all it inherits and
        environment, and under ``inputs`` which run each input was. No
        folder is part of it: a work dir may be moved.
    """
    step = task.step
    said = dict(
        tool=step.tool, load=step.load, arguments=list(step.arguments),
        options=dict(step.options), env=dict(step.env), seed=task.seed,
        cfg_options=list(cfg_options), config=_config(task))
    text = json.dumps(said, sort_keys=True, default=repr)
    return dict(
        fingerprint=hashlib.sha256(text.encode()).hexdigest()[:16],
        inputs={name: (read_marker(given, DONE) or {}).get('run')
                for name, given in task.inputs.items()})


def status(task: Task, wanted: Mapping[str, Any]) -> str:
    """Compare a task's folder with what is wanted.

    Args:
        task: The task.
        wanted: Its :func:`identity`.

    Returns:
        ``'done'``, ``'resume'`` (begun, and the tool can go on) or
        ``'run'``.
    """
    done = read_marker(task, DONE)
    if done and done['identity'] == wanted and _outputs_exist(task, done):
        return 'done'
    begun = read_marker(task, STARTED)
    if (begun and not done and begun['identity'] == wanted
            and task.step.tool in _RESUMABLE
            and (task.step.tool != 'train' or last_checkpoint(task))):
        return 'resume'
    return 'run'


def begin(task: Task, wanted: Mapping[str, Any], resume: bool) -> None:
    """Prepare a task's folder; without ``resume``, an empty one.

    Raises:
        ValueError: the folder holds something that no recipe made.
    """
    ours = read_marker(task, STARTED) or read_marker(task, DONE)
    if not resume and task.folder.exists() and any(task.folder.iterdir()):
        if not ours:
            raise ValueError(
                f'{task.folder} is there already and was not made by '
                'tools/run_recipe.py: choose another --work-dir, or move it '
                'away')
        shutil.rmtree(task.folder)
    _write(task, STARTED, dict(identity=wanted))


def finish(task: Task, wanted: Mapping[str, Any], command: str,
           seconds: float) -> None:
    """Mark a task as done.

    Raises:
        ValueError: it reports, but left no results.
    """
    checkpoint = last_checkpoint(task)
    marker = dict(
        identity=wanted, run=uuid.uuid4().hex[:12], command=command,
        seconds=round(seconds, 1),
        checkpoint=checkpoint and checkpoint.name)
    if not _outputs_exist(task, marker):
        raise ValueError(
            f'step {task.label!r} ended without an error, but left no '
            f'{RESULTS} in {task.folder}: it has to validate or test, or '
            'set report=False')
    _write(task, DONE, marker)


def last_checkpoint(task: Task) -> Path | None:
    """Return the last checkpoint of a training, None if there is none."""
    note = task.folder / 'last_checkpoint'
    if not note.is_file():
        return None
    # The note holds a path of the machine that wrote it.
    path = task.folder / os.path.basename(note.read_text().strip())
    return path if path.is_file() else None


def read_marker(task: Task, name: str) -> dict[str, Any] | None:
    """Return a marker's content, None if it is missing or unreadable."""
    try:
        content = json.loads((task.folder / name).read_text('utf-8'))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and 'identity' in content \
        else None


def step_config(step: Step, root: Path,
                cfg_options: Sequence[str] = ()) -> Config:
    """Return a step's config as the step's tool will have it.

    References to other steps stay as they are.

    Args:
        step: The step, which has a config.
        root: The repository.
        cfg_options: Config keys that the user changes, ``key=value``.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument('options', nargs='*', action=DictAction, default={})
    given = parser.parse_args([*cfg_options]).options
    config = _read_config(step, root)
    config.merge_from_dict({**step.options, **given})
    return config


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a while."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _config(task: Task) -> dict[str, Any] | None:
    """Return the step's config with all that it inherits."""
    if not task.step.config:
        return None
    return _read_config(task.step, task.root).to_dict()


def _read_config(step: Step, root: Path) -> Config:
    # Configs may read a number there, whatever it is.
    variables = {key: value.replace('{seed}', str(SHARED_SEED))
                 for key, value in step.env.items()}
    with quiet(), environment(variables):
        return Config.fromfile(
            root / step.config, import_custom_modules=False)


def _outputs_exist(task: Task, marker: Mapping[str, Any]) -> bool:
    checkpoint = marker.get('checkpoint')
    if checkpoint and not (task.folder / checkpoint).is_file():
        return False
    return not task.step.reports or (task.folder / RESULTS).is_file()


def _write(task: Task, name: str, content: Mapping[str, Any]) -> None:
    with atomic_write(task.folder / name, 'w') as file:
        json.dump(content, file, indent=1)
