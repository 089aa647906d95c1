"""Why a data set lists no image."""
from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from mmseg.registry import DATASETS

from mmseg_zeroshot.utils.found_files import endings, is_local
from mmseg_zeroshot.utils.typing_utils import ConfigPart

if TYPE_CHECKING:
    from mmengine.dataset import BaseDataset


def explain_empty(dataset: ConfigPart | BaseDataset) -> str | None:
    """Say why a data set, or one inside it, lists no image.

    Args:
        dataset: A data set of MMSegmentation or its config; or one that
            holds others.

    Returns:
        What was looked for, where, and what is there; None where every one
        lists some, or cannot tell.
    """
    for leaf in _leaves(dataset):
        if isinstance(leaf, Mapping):
            leaf = DATASETS.build(dict(leaf, lazy_init=True))
        if hasattr(leaf, 'img_suffix') and not leaf.load_data_list():
            return _why_empty(leaf)
    return None


def _leaves(dataset: ConfigPart | BaseDataset
            ) -> Iterator[ConfigPart | BaseDataset]:
    """Yield the data sets, or their configs, that hold no others."""
    get = (dataset.get if isinstance(dataset, Mapping)
           else lambda key: getattr(dataset, key, None))
    inner: Iterable[ConfigPart | BaseDataset] = get('datasets') or (
        [get('dataset')] if get('dataset') is not None else [])
    leaves = [leaf for one in inner for leaf in _leaves(one)]
    yield from leaves or [dataset]


def _why_empty(dataset: BaseDataset) -> str:
    name = type(dataset).__name__
    if dataset.ann_file and not os.path.isdir(dataset.ann_file):
        return f'{name}: the list {dataset.ann_file} names no image'
    folder = dataset.data_prefix.get('img_path') or '.'
    what = endings(folder) if is_local(folder) else 'look at the storage'
    return (f'{name}: no file below {folder} ends in '
            f'{dataset.img_suffix!r} (img_suffix); {what}. Check '
            'img_suffix, data_root and data_prefix')
