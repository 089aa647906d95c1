"""The data set inside a wrapper: how it is built and read."""
from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from mmengine.registry import DefaultScope
from mmseg.registry import DATASETS

from mmseg_zeroshot.utils.typing_utils import DataInfo

from .empty_dataset import explain_empty
from .protocols import InnerDataset


class DataInfos(Sequence):
    """The data infos of a data set, read one by one."""

    def __init__(self, dataset: InnerDataset) -> None:
        self.dataset = dataset

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> DataInfo:  # type: ignore[override]
        if index >= len(self):
            raise IndexError(index)
        return self.dataset.get_data_info(index)


def build_inner(dataset: Mapping | InnerDataset,
                lazy_init: bool) -> InnerDataset:
    """Build the data set that is wrapped.

    Args:
        dataset: A config, or a data set.
        lazy_init: Put off reading its list of files.

    Returns:
        The data set.

    Raises:
        ValueError: It has a pipeline of its own, or lists no image.
        TypeError: It is not a data set.
    """
    if isinstance(dataset, Mapping):
        _refuse_pipeline(dataset)
        with mmseg_scope(), empty_explained(dataset):
            return DATASETS.build(
                dict(copy.deepcopy(dataset), lazy_init=lazy_init))
    if not hasattr(dataset, 'get_data_info'):
        raise TypeError('dataset must be a config or a data set with '
                        f'get_data_info(), got {type(dataset).__name__}')
    if getattr(getattr(dataset, 'pipeline', None), 'transforms', None):
        _refuse_pipeline({'pipeline': True})
    return dataset


@contextmanager
def empty_explained(dataset: Mapping | InnerDataset) -> Iterator[None]:
    """Say why a data set lists no image, where MMEngine fails on that.

    Args:
        dataset: The data set, or its config.

    Raises:
        ValueError: It lists none: what was looked for, and what is there.
    """
    try:
        yield
    except ValueError as error:
        reason = explain_empty(dataset)
        if reason is None:
            raise
        raise ValueError(reason) from error


def _refuse_pipeline(config: Mapping) -> None:
    """Raise if a config, or one inside it, has a pipeline."""
    if config.get('pipeline'):
        raise ValueError(
            'the inner data set has a pipeline, which would be skipped: move '
            "it to the ZeroShotDataset's own pipeline")
    for inner in [config.get('dataset'), *config.get('datasets', ())]:
        if isinstance(inner, Mapping):
            _refuse_pipeline(inner)


@contextmanager
def mmseg_scope() -> Iterator[None]:
    """Resolve plain type names in MMSegmentation's registries.

    MMEngine's own wrappers (``ConcatDataset``, ``Compose``) look names up
    in the default scope, which nobody has set outside a runner.
    """
    if DefaultScope.get_current_instance() is not None:
        yield
        return
    with DefaultScope.overwrite_default_scope('mmseg'):
        yield
