"""Data sets, pipelines and loaders of all steps, built without reading."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mmengine.runner import Runner
from mmseg.registry import DATASETS
from torch.utils.data import Dataset

from mmseg_zeroshot.datasets.feature_bank.builder import build_feature_bank
from mmseg_zeroshot.datasets.feature_bank.graphs import check_graph_options
from mmseg_zeroshot.datasets.feature_bank.stamp import check_numbers
from mmseg_zeroshot.datasets.self_training.selection import check_percent
from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigValue

from .building import Failures, as_config, build_part, check_arguments
from .finding import Finding
from .subject import Subject, at

if TYPE_CHECKING:
    from mmengine.dataset import BaseDataset

LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')
IMAGES = (*LOADERS, 'feature_bank')
"""Keys with a data set of images below ``dataset``."""
_OF_COMMAND = ('make_dataset', 'make_extract', 'checkpoint')
"""What the command gives that builds a bank."""


class DataSets:
    """The data sets of the steps, each different one built once.

    Args:
        subject: What is checked.

    Attributes:
        findings: What cannot be built.
        count: How many data sets are different.
    """

    def __init__(self, subject: Subject) -> None:
        self._failures = Failures()
        known: set[str] = set()
        for key in IMAGES:
            for steps, config in subject.parts(key, 'dataset'):
                if repr(config) not in known:
                    self._try(steps, f'{key}.dataset', config, build_data_set)
                known.add(repr(config))
        self.count = len(known)
        for key in LOADERS:
            for steps, config in subject.parts(key):
                self._try(steps, key, config, check_loader)
        for steps, config in subject.parts('feature_bank'):
            self._try(steps, 'feature_bank', config, check_bank)
        for steps, config in subject.parts('pseudo_labels'):
            self._try(steps, 'pseudo_labels', config, check_labelling)
        self.findings: list[Finding] = self._failures.findings(subject)

    def _try(self, steps: Sequence[str], key: str, config: ConfigValue,
             make: Callable[[ConfigValue], object]) -> None:
        _, failed = build_part(lambda: make(config), key, config)
        # Which files are not there is looked for elsewhere.
        if failed and not (isinstance(failed.error, (AssertionError, OSError))
                           and _is_inner(failed.key)):
            self._failures.add(steps, failed)


def _is_inner(key: str) -> bool:
    """Whether a key is of a data set of files, inside the wrapper."""
    return '.dataset.dataset' in key and '.pipeline' not in key


def build_data_set(config: ConfigPart) -> BaseDataset | None:
    """Build a data set that reads nothing yet.

    Args:
        config: Its config.

    Returns:
        The data set; None for one that reads what an earlier step makes,
        whose arguments are checked alone.
    """
    given = as_config(config)
    kind = DATASETS.get(given['type']) if isinstance(
        given.get('type'), str) else given.get('type')
    if kind is None or 'lazy_init' in inspect.signature(kind).parameters:
        return DATASETS.build(dict(given, lazy_init=True))
    given.pop('type')
    check_arguments(kind, given)
    return None


class _Nothing(Dataset):
    """A data set of some length, from which nothing is taken."""

    def __len__(self) -> int:
        return 1000


def check_loader(config: ConfigPart) -> None:
    """Build a loader over nothing.

    Args:
        config: The loader's config.

    Raises:
        ValueError: Two of its options do not go together.
        TypeError: An option is unknown.
    """
    given = as_config(config)
    for key, least in (('batch_size', 1), ('num_workers', 0)):
        if key in given:
            check_numbers(**{key: (given[key], least)})
    Runner.build_dataloader(dict(given, dataset=_Nothing()), seed=0)


def check_bank(config: ConfigPart) -> None:
    """Check what is said about a feature bank.

    Args:
        config: The key ``feature_bank``.

    Raises:
        TypeError: A key is unknown.
        ValueError: A number is out of range.
    """
    given = {key: value for key, value in config.items() if key != 'dataset'}
    check_arguments(build_feature_bank, given, _OF_COMMAND)
    check_graph_options(given.get('graphs'))
    check_numbers(**{
        key: (given[key], least) for key, least in dict(
            views=1, max_vectors=1, batch_size=1, seed=0).items()
        if key in given})


def check_labelling(config: ConfigPart) -> None:
    """Check what is said about pseudo-labels.

    Args:
        config: The key ``pseudo_labels``.

    Raises:
        ValueError: The percentage is out of range.
    """
    if config.get('p') is not None:
        check_percent(config['p'])


def inner(config: ConfigValue) -> ConfigValue:
    """Return the data set inside wrappers that change no list of images.

    Args:
        config: Config of a data set.
    """
    while at(config, ['type']) in ('ZeroShotDataset', 'RepeatDataset'):
        config = config['dataset']
    return config
