"""What stands in the place of references to earlier steps."""
from __future__ import annotations

import re

from mmseg_zeroshot.experiments.step import REFERENCE, replace_texts
from mmseg_zeroshot.experiments.written import VALUES
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils.last_checkpoint import last_checkpoint
from mmseg_zeroshot.utils.reading import read_json
from mmseg_zeroshot.utils.typing_utils import ConfigType, ConfigValue

from .tasks import Task

RECORDS = 'results.json'
"""All records of a run, in its work dir."""


def fill_in(value: ConfigValue, task: Task) -> ConfigValue:
    """Replace references in nested values.

    Args:
        value: Dicts, lists and tuples, nested, of anything; texts in them
            may hold what a :class:`~..step.Step` may.
        task: The task that it belongs to.

    Returns:
        A copy. A text that is nothing but ``{seed}`` or ``{step.value:KEY}``
        becomes the number, or what was chosen itself. Of a step that has not
        run, a name stands in the place of its checkpoint and values.

    Raises:
        ValueError: A step did not choose the key that is asked of it.
    """
    return replace_texts(value, lambda text: _filled(text, task))


def task_config(task: Task, resume: bool = False) -> ConfigType | None:
    """Return the whole config of a task, None where its command takes none.

    Args:
        task: The task.
        resume: Whether a training goes on.

    Raises:
        ValueError: See :func:`fill_in`.
    """
    if task.step.config is None:
        return None
    config: ConfigType = fill_in(dict(task.step.config), task)
    config['randomness'] = dict(config.get('randomness') or {},
                                seed=task.seed)
    if resume and task.step.command == 'train':
        # MMEngine would resume the checkpoint that is to be loaded.
        config['load_from'] = None
    return config


def checkpoint_path(task: Task) -> str:
    """Return a task's last checkpoint; a pattern before there is one.

    Args:
        task: The task.
    """
    return str(last_checkpoint(task.folder) or task.folder / 'iter_N.pth')


def chosen_value(task: Task, key: str) -> ConfigValue:
    """Return what a step chose for a config key.

    Args:
        task: The step's task.
        key: The config key.

    Returns:
        The value; before the step has run, a text in its place.

    Raises:
        ValueError: The step ran and did not choose this key.
    """
    path = task.folder / VALUES
    if not path.is_file():
        return f'CHOSEN_BY_{task.step.name}'
    values = read_json(path)
    if key not in values:
        raise ValueError(f'step {task.label!r} chose no {key!r}.'
                         + hint(key, list(values)))
    return values[key]


def _filled(text: str, task: Task) -> ConfigValue:
    if text == '{seed}':
        return task.seed
    lone = REFERENCE.fullmatch(text)
    if lone:
        return _found(lone, task)
    own = dict(folder=str(task.folder), seed=str(task.seed),
               results=str(task.work_dir / RECORDS))
    for name, value in own.items():
        text = text.replace(f'{{{name}}}', value)
    return REFERENCE.sub(lambda match: str(_found(match, task)), text)


def _found(match: re.Match[str], task: Task) -> ConfigValue:
    name, what = match.groups()
    given = task.inputs[name]
    if what == 'checkpoint':
        return checkpoint_path(given)
    if what == 'folder':
        return str(given.folder)
    return chosen_value(given, what.partition(':')[2])
