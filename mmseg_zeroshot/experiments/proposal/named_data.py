"""A data set that a config describes, in the place of a folder."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mmseg_zeroshot.experiments.config_files import (
    base_file,
    config_path,
    is_config,
    read_config,
)
from mmseg_zeroshot.experiments.inspection import (
    MaskReport,
    Problem,
    pairs_of_infos,
    sample_size,
    scan_masks,
)
from mmseg_zeroshot.experiments.mmseg_data import inner_dataset, type_name
from mmseg_zeroshot.semantics import get_classes
from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigType

from .class_choice import known_classes
from .survey import Survey

if TYPE_CHECKING:
    from mmengine.config import Config


@dataclass(frozen=True)
class NamedData:
    """A data set that a config describes.

    Attributes:
        name: As an experiment names it.
        path: The config.
        inner: Configs of its data sets to train and score on, without
            wrapper and pipelines.
        classes: A shipped list, or the class names.
    """

    name: str
    path: Path
    inner: Mapping[str, ConfigType]
    classes: str | Sequence[str]

    @classmethod
    def read(cls, name: str) -> NamedData:
        """Read the config of a data set.

        Args:
            name: A file of ``configs/_base_/datasets``, or an mmseg config.

        Raises:
            FileNotFoundError: There is no such config.
            ValueError: It has no data set to train on, or none with classes.
        """
        path = (config_path(name) if is_config(name)
                else base_file('datasets', name))
        config = read_config(path, imports=True)
        inner = {part: _inner(config, part, name) for part in ('train', 'val')}
        return cls(_portable(name), path, inner,
                   known_classes(_classes(inner['train'], name)))

    def survey(self, *, all_masks: bool = False) -> Survey:
        """Look at the masks; files that are not there are a problem.

        Args:
            all_masks: Whether all masks are read, and not a sample.
        """
        number = len(get_classes(self.classes))
        looked = {part: _look(dataset, number, all_masks)
                  for part, dataset in self.inner.items()}
        return Survey(
            data=self.name, classes=self.classes,
            where=f'{type_name(self.inner["train"])} of {self.path}',
            train=looked['train'][0], val=looked['val'][0],
            problems=[p for _, problems in looked.values() for p in problems])


def _portable(name: str) -> str:
    """Return a config's name for an experiment in another folder."""
    path = Path(name)
    return str(path.absolute()) if path.is_file() else name


def _inner(config: Config, part: str, name: str) -> ConfigType:
    """Return the data set of a loader, without wrapper and pipeline."""
    dataset = config.get(f'{part}_dataloader', {}).get('dataset')
    if not dataset:
        raise ValueError(f'{name} has no {part}_dataloader.dataset: name a '
                         'config with data sets to train and score on')
    if type_name(dataset) == 'ZeroShotDataset':
        dataset = dataset['dataset']
    return inner_dataset(dict(dataset), f'{part}_dataloader')


def _classes(dataset: ConfigPart, name: str) -> list[str]:
    """Return the class names of a data set, or of the first inside it."""
    from mmseg.registry import DATASETS
    from mmseg.utils import register_all_modules
    register_all_modules(init_default_scope=False)
    for key in ('dataset', 'datasets'):
        if key in dataset:
            inner = dataset[key]
            return _classes(inner[0] if key == 'datasets' else inner, name)
    kind = DATASETS.get(dataset['type'])
    own = (dataset.get('metainfo') or {}).get('classes')
    classes = own or getattr(kind, 'METAINFO', {}).get('classes')
    if not classes:
        raise ValueError(
            f'{type_name(dataset)} of {name} names no classes: set '
            'metainfo=dict(classes=[...]) in the config')
    return [str(one).strip() for one in classes]


def _look(dataset: ConfigPart, num_ids: int,
          all_masks: bool) -> tuple[MaskReport | None, list[Problem]]:
    """Read masks of a data set; one that is not there is a problem."""
    from mmseg_zeroshot.datasets.inner_dataset import DataInfos, build_inner
    try:
        built = build_inner(dataset, lazy_init=False)
    except (OSError, AssertionError) as error:
        return None, [Problem(
            f'the data set is not there, {error}',
            str(dataset.get('data_root', type_name(dataset))),
            'put it there or link it, as the config names it')]
    found = pairs_of_infos(DataInfos(built))
    first = getattr(built, 'datasets', [built])[0]
    report = scan_masks(
        found, num_ids=num_ids,
        sample=None if all_masks else sample_size(found),
        reduce_zero_label=bool(getattr(first, 'reduce_zero_label', False)))
    return report, [*found.problems, *report.problems]
