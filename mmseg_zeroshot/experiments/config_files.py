"""Where configs are: ours, in a checkout or a wheel, and MMSegmentation's."""
from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from mmengine.config import Config
from mmengine.config.utils import MODULE2PACKAGE

from mmseg_zeroshot.semantics.names import hint

PACKAGE = Path(__file__).resolve().parents[1]
MMSEG = 'mmseg::'
"""Begins the name of a config of the installed MMSegmentation."""


def configs_folder() -> Path:
    """Return the folder of this package's configs.

    Raises:
        FileNotFoundError: The installation has none.
    """
    for folder in (PACKAGE / '.mim' / 'configs', PACKAGE.parent / 'configs'):
        if (folder / '_base_').is_dir():
            return folder
    raise FileNotFoundError(
        f'no configs beside {PACKAGE}: install mmseg-zeroshot again, or use '
        'a checkout')


def base_file(kind: str, name: str) -> Path:
    """Return a file of ``configs/_base_``.

    Args:
        kind: ``'models'``, ``'datasets'``, ``'schedules'`` or ``'recipes'``.
        name: The file's name without suffix.

    Raises:
        ValueError: There is no such file.
    """
    folder = configs_folder() / '_base_' / kind
    path = folder / f'{name}.py'
    if not path.is_file():
        known = sorted(p.stem for p in folder.glob('*.py'))
        raise ValueError(f'unknown {name!r} in configs/_base_/{kind}.'
                         + hint(name, known))
    return path


def config_path(name: str) -> Path:
    """Return the path of a config.

    Args:
        name: A path, one below this package's ``configs``, or ``mmseg::``
            and a path in MMSegmentation's.

    Raises:
        FileNotFoundError: There is no such file.
    """
    if name.startswith(MMSEG):
        candidates = [mmseg_configs() / name[len(MMSEG):]]
    else:
        candidates = [Path(name), configs_folder() / name]
    for path in candidates:
        if path.is_file():
            return path
    raise FileNotFoundError(
        f'no config {candidates[0]}: give a file, one below configs, or '
        f'{MMSEG}FOLDER/FILE.py for one of the installed mmseg')


def is_config(name: str) -> bool:
    """Whether a name is that of a config, and not of a shipped part.

    Args:
        name: Such as ``'mmseg::fcn/fcn_r18.py'`` or ``'net.py'``.
    """
    return name.startswith(MMSEG) or name.endswith('.py')


def mmseg_configs() -> Path:
    """Return the folder of the installed MMSegmentation's configs."""
    spec = find_spec('mmseg')
    if spec is None or spec.origin is None:
        raise FileNotFoundError("mmseg is not installed: pip install "
                                "'mmseg-zeroshot[onedl]'")
    return Path(spec.origin).parent / '.mim' / 'configs'


def read_config(path: Path, *, imports: bool = False) -> Config:
    """Read a config with all that it inherits, without log lines.

    Args:
        path: The file.
        imports: Whether the modules that it names are imported.
    """
    with quiet(), own_configs():
        return Config.fromfile(path, import_custom_modules=imports)


@contextmanager
def own_configs() -> Iterator[None]:
    """Let configs inherit ``mmseg::...`` on both OpenMMLab stacks.

    MMEngine looks for a distribution called mmsegmentation; the module's own
    name finds it whatever the distribution is called.
    """
    before = MODULE2PACKAGE['mmseg']
    MODULE2PACKAGE['mmseg'] = 'mmseg'
    try:
        yield
    finally:
        MODULE2PACKAGE['mmseg'] = before


@contextmanager
def quiet() -> Iterator[None]:
    """Keep MMEngine from logging every variable that a config reads."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)
