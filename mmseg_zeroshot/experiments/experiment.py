"""An experiment: one short file that says what tells it from others."""
from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmengine.config import Config

from mmseg_zeroshot.semantics import (
    DEFAULT_WORDS,
    ClassSplit,
    build_split,
    get_classes,
)
from mmseg_zeroshot.semantics.class_embeddings import WordsSpec
from mmseg_zeroshot.semantics.name_lists import parse_names
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.semantics.splits import SPLITS
from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    ConfigValue,
)

from .config_files import configs_folder
from .folder_data import FolderData, below, is_list
from .key_checks import KINDS, check_kinds, check_together

if TYPE_CHECKING:
    from mmseg_zeroshot.results.record import Variant

INIT_FILE = 'experiment.py'
"""Name of the file that ``init`` writes into a folder."""
GROUPS = ('unseen', 'validation', 'ignored')
"""Keys of a split that hold class names."""
SHIPPED = 'experiments'
"""Folder of the shipped experiments, below ``configs``."""


@dataclass(frozen=True)
class Experiment:
    """Data, classes, words and network of one or more methods.

    An experiment file assigns these names at its top, and no others.

    Attributes:
        data: A folder of images and masks (see :class:`FolderData`), or the
            name of a data set: a file of ``configs/_base_/datasets`` or an
            mmseg config. Not needed with ``base``.
        split: Name of a shipped split, or ``dict(unseen=[...],
            validation=[...], ignored=[...])``, each a list or one text such
            as ``'cow, cat'``; the classes are those of ``data`` unless named
            here.
        words: Class vectors: a shipped table, or one or more ``.npz`` files,
            which are joined.
        network: A file of ``configs/_base_/models``, or an mmseg config
            (``'mmseg::folder/file.py'`` or a path).
        schedule: A file of ``configs/_base_/schedules`` without the word
            ``schedule_``; an mmseg config brings its own.
        base: In place of data, network and schedule: a config that trains
            the plain network, such as one of ``configs/zs3net``.
        mode: How training leaves unseen classes out: ``'ignore'`` their
            pixels, or ``'drop'`` images that hold any. By default a shipped
            data set's own rule, else ``'ignore'``; a base config has its
            own.
        recipe: Training variant of the generative methods: ``'strict'``,
            ``'paper'``, ``'gan'`` or ``'released'``.
        iterations: Length of trainings by step, such as ``dict(seen=600)``;
            one number is that of all.
        stages: Arguments of the stages' functions, by stage, such as
            ``dict(generator=dict(max_vectors=64))``.
        options: Config keys to change, such as
            ``{'optim_wrapper.optimizer.lr': 0.01}``; by step under the
            step's name, of every step whose config has them under
            ``'all'``.
        gamma: Calibration factors that were chosen before, by method, None
            for no calibrated row. Other methods choose theirs on the
            validation classes, where the split names some.
        seen_once: Train the plain network once, not for each seed.
        start: Where SPNet and its relatives start: ``'seen'``, the trained
            plain network, or ``'backbone'``, its backbone's weights.
        dataset: Name of the data set in tables.
        imports: Modules of your own that register methods, heads or
            generators, such as ``['my_method']`` for a file beside the
            experiment.
        variant: Tells its rows in tables from others, such as
            ``dict(network='SegFormer')``.
        splits: Shipped splits that ``run`` finds this experiment by.
        begin: Folder that relative paths begin at, as seen from the file's
            own, which it is by default; for a file that inherits another
            folder's.
        name: The file's name, or its folder's for ``experiment.py``.
        path: The file.
    """

    data: ConfigValue = None
    split: ConfigValue = None
    words: WordsSpec = DEFAULT_WORDS
    network: str = ''
    schedule: str = ''
    base: str = ''
    mode: str = ''
    recipe: str = 'strict'
    iterations: ConfigValue = field(default_factory=dict)
    stages: ConfigPart = field(default_factory=dict)
    options: ConfigPart = field(default_factory=dict)
    gamma: Mapping[str, float | None] = field(default_factory=dict)
    seen_once: bool = True
    start: str = 'backbone'
    dataset: str = ''
    imports: Sequence[str] = ()
    variant: Variant = field(default_factory=dict)
    splits: Sequence[str] = ()
    begin: str = ''
    name: str = ''
    path: Path | None = None

    @property
    def classes(self) -> ClassSplit:
        """The split.

        Raises:
            ValueError: A class is unknown, or in two groups.
        """
        with _naming(self.path):
            return build_split(self.split)

    @property
    def folder(self) -> FolderData | None:
        """The folder of images and masks, None with a named data set."""
        if not isinstance(self.data, Mapping):
            return None
        with _naming(self.path):
            return FolderData.read(self.data, self.place)

    @property
    def place(self) -> Path:
        """Folder that the file's relative paths begin at."""
        return (self.path.parent if self.path else Path()) / self.begin

    @property
    def modules(self) -> Path | None:
        """Folder of the modules that it imports, None without any."""
        return self.place.absolute() if self.imports else None

    @property
    def can_hold_out(self) -> bool:
        """Whether the split names validation classes."""
        return bool(self.classes.validation)

    def changed(self, options: ConfigPart) -> Experiment:
        """Return the experiment with config keys changed in every step.

        A step whose config has no place for a key keeps its config; see
        :class:`~.plan.Plan`.

        Args:
            options: Values by dotted config key; they win over those that
                the experiment gives a single step.
        """
        steps = {name: {key: options.get(key, value)
                        for key, value in given.items()}
                 for name, given in self.options.items()}
        everywhere = {**steps.get('all', {}), **options}
        return replace(self, options={**steps, 'all': everywhere})

    def held_out(self) -> Experiment:
        """Return the experiment that tunes: validation classes are unseen.

        Raises:
            ValueError: The split names no validation classes.
        """
        self.classes.hold_out_validation()
        split = (f'{self.split}-cv' if isinstance(self.split, str)
                 else {**self.split, 'hold_out': True})
        return replace(self, split=split)


def load_experiment(name: str) -> Experiment:
    """Read an experiment.

    Args:
        name: A file that ends in ``.py``, a folder that holds
            ``experiment.py``, a shipped experiment, or a shipped split that
            one serves, such as ``'voc12-zs3-k4'``.

    Returns:
        The experiment.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: No shipped experiment has this name or split, or a key of
            the file is unknown, missing or of another type.
    """
    if name.endswith('.py'):
        path = Path(name)
        if not path.is_file():
            raise FileNotFoundError(
                f'no experiment file {path}: write one with mmseg-zeroshot '
                'init, or give the name of a shipped one')
        return read_experiment(path)
    if (Path(name) / INIT_FILE).is_file():
        return read_experiment(Path(name) / INIT_FILE)
    shipped = shipped_experiments()
    if name in shipped:
        return read_experiment(shipped[name])
    for path in shipped.values():
        experiment = read_experiment(path)
        if name in experiment.splits:
            return replace(experiment, split=name, name=name)
    raise ValueError(f'unknown experiment {name!r}.'
                     + hint(name, [*shipped, *SPLITS])
                     + ' A file of your own ends in .py, or is '
                     f'{INIT_FILE} in a folder')


def shipped_experiments() -> dict[str, Path]:
    """Return the shipped experiment files by name."""
    folder = configs_folder() / SHIPPED
    return {path.stem: path for path in sorted(folder.glob('*.py'))}


def read_experiment(path: Path) -> Experiment:
    """Read an experiment file.

    Args:
        path: A Python file of assignments.

    Returns:
        The experiment.

    Raises:
        ValueError: The file is no Python, a module that it names cannot be
            imported, or a key is unknown, missing, of another type or
            range, or would change nothing.
    """
    values = _read(path)
    for key in values:
        if key not in KINDS:
            raise ValueError(f'{path}: unknown key {key!r}.'
                             + hint(key, KINDS))
    check_kinds(values, path)
    check_together(values, path)
    experiment = Experiment(**values, name=_name(path), path=path)
    _import(experiment)
    return replace(experiment, split=_whole_split(experiment),
                   words=_found(experiment.words, experiment.place))


def _read(path: Path) -> ConfigType:
    """Return what a file assigns; its mistakes as Python are ValueErrors."""
    # First by itself, since MMEngine does not say which file is wrong.
    try:
        compile(path.read_text('utf-8'), path, 'exec')
    except SyntaxError as error:
        raise ValueError(
            f'{path}, line {error.lineno}: {error.msg}') from error
    try:
        return Config.fromfile(path, import_custom_modules=False).to_dict()
    except SyntaxError as error:
        raise ValueError(f'a file that {path} inherits with _base_ is no '
                         f'Python: {error}') from error


def _name(path: Path) -> str:
    """Name an experiment by its file; what init writes, by its folder."""
    return path.resolve().parent.name if path.name == INIT_FILE else path.stem


def _import(experiment: Experiment) -> None:
    """Import the modules that the experiment brings along."""
    place = experiment.modules
    if place and str(place) not in sys.path:
        sys.path.insert(0, str(place))
    for name in experiment.imports:
        try:
            importlib.import_module(name)
        except (ImportError, SyntaxError) as error:
            raise ValueError(
                f'{experiment.path}: imports names the module {name!r}, '
                f'which cannot be imported: {error}. Modules are looked for '
                f'in {place} and among installed packages') from error


def _whole_split(experiment: Experiment) -> ConfigValue:
    """Complete a split of one's own by the classes and a name."""
    split = experiment.split
    if not isinstance(split, Mapping):
        return split
    classes = split.get('classes')
    if classes is None:
        folder = experiment.folder
        if folder is None:
            raise ValueError(f'{experiment.path}: split needs classes, a '
                             'list of names or a shipped list, because data '
                             'is no folder that has some')
        classes = folder.classes
    whole = {key: _group(value, key, experiment, classes)
             if key in GROUPS else value for key, value in split.items()}
    whole.setdefault('name', 'unseen-' + '-'.join(whole.get('unseen', ())))
    return {**whole, 'classes': classes}


def _group(names: ConfigValue, key: str, experiment: Experiment,
           classes: str | Sequence[str]) -> Sequence[str]:
    """Return the names of a group, which may be one text."""
    if isinstance(names, str):
        with _naming(experiment.path):
            return parse_names(below(experiment.place, names)
                               if is_list(names) else names,
                               get_classes(classes))
    if isinstance(names, (list, tuple)):
        return names
    raise ValueError(f'{experiment.path}: split.{key} is class names, got '
                     f"{names!r}: write a list, or 'cow, cat'")


@contextmanager
def _naming(path: Path | None) -> Iterator[None]:
    """Name the file in errors about what it says."""
    try:
        yield
    except (ValueError, FileNotFoundError) as error:
        if path is None:
            raise
        raise type(error)(f'{path}: {error}') from error


def _found(words: ConfigValue, place: Path) -> ConfigValue:
    """Complete paths of word files beside the experiment."""
    if isinstance(words, str):
        path = (place / words).absolute()
        return str(path) if path.is_file() else words
    return [_found(word, place) for word in words]
