"""The data sets and pipelines of an ordinary config."""
from __future__ import annotations

from collections.abc import Iterator

from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigType

WRAPPERS = {'ConcatDataset': 'datasets', 'RepeatDataset': 'dataset'}
"""Wrappers that may stand inside ``ZeroShotDataset``, and what they hold."""


def type_name(part: ConfigPart) -> str:
    """Return the class name of a config's part, without its modules.

    Args:
        part: A config with the key ``type``, or without.
    """
    return str(part.get('type', '')).rsplit('.', 1)[-1]


def inner_dataset(dataset: ConfigPart, place: str) -> ConfigType:
    """Return a data set without the pipelines, which its wrapper will own.

    Args:
        dataset: Config of a data set, or of a wrapper of some.
        place: Its data loader, for messages.

    Returns:
        A new config.

    Raises:
        ValueError: A wrapper that would see labels before they are hidden.
    """
    kind = type_name(dataset)
    key = WRAPPERS.get(kind)
    if kind == 'ZeroShotDataset':
        raise ValueError(f'{place}.dataset is a ZeroShotDataset already: '
                         'give the config that it was made from')
    if key is None and ('dataset' in dataset or 'datasets' in dataset):
        raise ValueError(
            f'{place}.dataset is a {kind}, which reads samples of a data set '
            'inside it, with labels of unseen classes: use the inner data '
            f'set, or {" or ".join(WRAPPERS)}')
    result = {k: v for k, v in dataset.items() if k != 'pipeline'}
    if key == 'datasets':
        result[key] = [inner_dataset(part, place) for part in dataset[key]]
    elif key is not None:
        result[key] = inner_dataset(dataset[key], place)
    return result


def pipeline_of(dataset: ConfigPart, place: str) -> list[dict]:
    """Return the pipeline of a data set or of all inside it.

    Args:
        dataset: Config of a data set, or of a wrapper of some.
        place: Its data loader, for messages.

    Raises:
        ValueError: There is none, or inner data sets have different ones.
    """
    found = list(_pipelines(dataset))
    if not found:
        raise ValueError(f'{place}.dataset has no pipeline')
    if any(other != found[0] for other in found):
        raise ValueError(
            f'{place}.dataset holds data sets with different pipelines; the '
            'ZeroShotDataset around them has one: make them equal')
    return found[0]


def leaf_datasets(dataset: ConfigPart) -> Iterator[ConfigPart]:
    """Yield the configs of the data sets inside wrappers.

    Args:
        dataset: Config of a data set, or of a wrapper of some.
    """
    key = WRAPPERS.get(type_name(dataset))
    if key is None:
        yield dataset
        return
    parts = dataset[key] if key == 'datasets' else [dataset[key]]
    for part in parts:
        yield from leaf_datasets(part)


def _pipelines(dataset: ConfigPart) -> Iterator[list[dict]]:
    for leaf in leaf_datasets(dataset):
        if leaf.get('pipeline'):
            yield leaf['pipeline']
