"""The classes of an mmseg config's data sets."""
from __future__ import annotations

from mmengine.registry import init_default_scope
from mmseg.registry import DATASETS

from mmseg_zeroshot.datasets.metainfo import check_classes
from mmseg_zeroshot.semantics import CLASS_LISTS, ClassSplit, get_classes
from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigType

from .mmseg_config import BaseConfig
from .mmseg_data import leaf_datasets, type_name


def classes_of(dataset: ConfigPart) -> ConfigType:
    """Return the metainfo of a data set that need not be there.

    Args:
        dataset: Config of a data set, not of a wrapper.
    """
    init_default_scope('mmseg')
    kind = DATASETS.get(dataset['type'])
    own = getattr(kind, 'METAINFO', {})
    return {**own, **(dataset.get('metainfo') or {})}


def named_classes(base: BaseConfig) -> str | list[str]:
    """Return the classes of a config's data, by a shipped list's name if any.

    Args:
        base: The config's parts.

    Raises:
        ValueError: Its data set has no class list.
    """
    first = next(leaf for data in base.data.values()
                 for leaf in leaf_datasets(data))
    classes = classes_of(first).get('classes')
    if not classes:
        raise ValueError(
            f'{type_name(first)} has no class list: set '
            'metainfo=dict(classes=[...]) in the base config')
    shipped = [name for name in CLASS_LISTS
               if get_classes(name) == tuple(classes)]
    return shipped[0] if shipped else list(classes)


def check_data_sets(base: BaseConfig, split: ClassSplit) -> None:
    """Raise unless all data sets have the split's classes.

    Args:
        base: The config's parts.
        split: The split.

    Raises:
        ValueError: Naming the data set and what differs.
    """
    for data in base.data.values():
        for leaf in leaf_datasets(data):
            check_classes(classes_of(leaf), split, type_name(leaf))
