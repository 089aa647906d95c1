"""The steps of an experiment as files, for MMSegmentation's own tools."""
from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    ConfigValue,
)

from .plan import GAMMA
from .step import REFERENCE, Step, replace_texts
from .writer import config_text

VALUES = 'values.json'
"""Where a command that chooses config values leaves them, by config key."""


def step_files(steps: Mapping[str, Step], folder: Path, work_dir: Path,
               experiment: str, notes: Sequence[str] = ()) -> dict[str, str]:
    """Return a config for every step, and the commands that run them.

    Args:
        steps: The steps of a plan.
        folder: Where the files will be.
        work_dir: Where the steps leave what they make: ``work_dir/STEP``.
        experiment: Name of the experiment, for the configs' first sentence.
        notes: More sentences for it.

    Returns:
        Text by file name: ``STEP.py``, and ``run.sh`` with the commands in
        the order of running, one seed.
    """
    made = [step for step in steps.values()
            if step.config is not None and not step.final]
    files = {
        f'{step.name}.py': config_text(
            _filled(step, steps, work_dir),
            f'Step {step.name!r} of experiment {experiment!r}.', notes)
        for step in made
    }
    lines = [_command(step, steps, folder, work_dir) for step in made]
    files['run.sh'] = '\n'.join(
        ['#!/usr/bin/env bash', '# All steps, one after the other.',
         'set -euo pipefail', '', *lines, ''])
    return files


def write_files(files: Mapping[str, str], folder: Path, *,
                overwrite: bool = False) -> list[Path]:
    """Write text files, all of them or none.

    Args:
        files: Text by name.
        folder: Where they go.
        overwrite: Whether files may be replaced.

    Returns:
        Their paths.

    Raises:
        FileExistsError: One is there already.
    """
    paths = [folder / name for name in files]
    there = [path for path in paths if path.exists()]
    if there and not overwrite:
        raise FileExistsError(f'{there[0]} is there already: give another '
                              '--out, or --overwrite')
    for path, text in zip(paths, files.values()):
        with atomic_write(path, 'w') as file:
            file.write(text)
    return paths


def last_checkpoint_name(config: ConfigPart) -> str:
    """Return the name of the last checkpoint that a training leaves.

    Args:
        config: The training's config.
    """
    loop = config.get('train_cfg') or {}
    if loop.get('max_iters'):
        return f'iter_{loop["max_iters"]}.pth'
    return f'epoch_{loop.get("max_epochs", "N")}.pth'


def _filled(step: Step, steps: Mapping[str, Step],
            work_dir: Path) -> ConfigType:
    """Put paths in the place of references."""

    def fill(text: str) -> ConfigValue:
        if text == '{seed}':
            return 0
        chosen = REFERENCE.fullmatch(text)
        if chosen and chosen[2].startswith('value:'):
            return 0.0  # run.sh gives the chosen one
        return _with_paths(text, step, steps, work_dir)

    return replace_texts(dict(step.config or {}), fill)


def _with_paths(text: str, step: Step, steps: Mapping[str, Step],
                work_dir: Path) -> str:
    text = text.replace('{folder}', str(work_dir / step.name))
    return REFERENCE.sub(
        lambda m: _path(steps[m[1]], m[2], work_dir), text)


def _path(step: Step, what: str, work_dir: Path) -> str:
    folder = work_dir / step.name
    if what == 'folder':
        return str(folder)
    return str(folder / last_checkpoint_name(step.config or {}))


def _command(step: Step, steps: Mapping[str, Step], folder: Path,
             work_dir: Path) -> str:
    """Return the shell line that runs a step by its config."""
    line = ['mmseg-zeroshot', step.command, str(folder / f'{step.name}.py')]
    if step.load:
        line.append(_path(steps[step.load], 'checkpoint', work_dir))
    if step.command in ('train', 'test'):
        line += ['--work-dir', str(work_dir / step.name)]
    line += [_with_paths(text, step, steps, work_dir)
             for text in step.arguments]
    return shlex.join(line) + _chosen_options(step, work_dir)


def _chosen_options(step: Step, work_dir: Path) -> str:
    """Return the option that takes a chosen gamma from its file."""
    for needed in step.needs:
        if f'{{{needed}.value:{GAMMA}}}' in json.dumps(step.config):
            path = work_dir / needed / VALUES
            code = (f'import json; print(json.load(open({str(path)!r}))'
                    f'[{GAMMA!r}])')
            return (f' \\\n    --cfg-options {GAMMA}='
                    f'"$(python -c {shlex.quote(code)})"')
    return ''
