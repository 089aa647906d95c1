"""The parts of a runner that the hooks look at."""
from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from mmengine.dataset import BaseDataset
from mmengine.model import BaseModel
from mmengine.runner import BaseLoop, Runner
from torch import nn

from mmseg_zeroshot.semantics import ClassSplit, build_split
from mmseg_zeroshot.semantics.supervision import (
    DEFAULT,
    SUPERVISIONS,
    Supervision,
)
from mmseg_zeroshot.utils import file_sha256


def unwrapped(model: BaseModel) -> nn.Module:
    """Return the segmentor inside DDP and test-time augmentation."""
    while not hasattr(model, 'decode_head') and hasattr(model, 'module'):
        model = model.module
    return model


def zero_shot_head(model: nn.Module) -> nn.Module | None:
    """Return the decode head that has a split; None for a plain one."""
    head = getattr(unwrapped(model), 'decode_head', None)
    return head if getattr(head, 'split', None) is not None else None


def head_split(model: nn.Module) -> ClassSplit | None:
    """Return the split of the decode head, if it has one."""
    head = zero_shot_head(model)
    return None if head is None else head.split  # type: ignore[return-value]


def built_loops(runner: Runner) -> Iterator[tuple[str, BaseLoop]]:
    """Yield ``'train'``, ``'val'``, ``'test'`` with the loops that run.

    A loop that this run does not need is still a config.
    """
    for name in ('train', 'val', 'test'):
        loop = getattr(runner, f'_{name}_loop', None)
        if isinstance(loop, BaseLoop):
            yield name, loop


def is_training(runner: Runner) -> bool:
    """Say whether this run trains."""
    return any(name == 'train' for name, _ in built_loops(runner))


def data_sets(dataset: BaseDataset) -> Iterator[BaseDataset]:
    """Yield the data sets inside ``ConcatDataset`` and ``RepeatDataset``.

    A data set that publishes a split is not opened further.
    """
    if 'split' in metainfo(dataset) and not hasattr(dataset, 'datasets'):
        yield dataset
        return
    inner = getattr(dataset, 'datasets', None)
    if inner is None:
        inner = [dataset.dataset] if hasattr(dataset, 'dataset') else []
    if not inner:
        yield dataset
    for part in inner:
        yield from data_sets(part)


def training_metas(runner: Runner) -> list[dict]:
    """Return the metainfo of each data set that this run trains on."""
    return [metainfo(dataset) for name, loop in built_loops(runner)
            if name == 'train' for dataset in data_sets(
                loop.dataloader.dataset)]


def start_sha256(runner: Runner) -> str | None:
    """Return the SHA-256 of the file that a run starts from.

    None for a run that is resumed or starts from no file.

    Raises:
        ValueError: ``load_from`` is no local file.
    """
    path = None if runner._resume else runner._load_from
    if path is None:
        return None
    local = os.path.expanduser(path)
    if not os.path.isfile(local):
        raise ValueError(
            f'load_from={str(path)!r} is no local file, so that nobody can '
            'say whether the training data was made with it: download it '
            'and name the file')
    return file_sha256(local)


def metainfo(dataset: BaseDataset) -> dict:
    """Return the metainfo of a data set, empty if it has none."""
    return getattr(dataset, 'metainfo', None) or {}


def data_split(dataset: BaseDataset) -> ClassSplit | None:
    """Return the split in a data set's metainfo, if there is one."""
    given = metainfo(dataset).get('split')
    if given is None or isinstance(given, ClassSplit):
        return given
    return ClassSplit.from_dict(given)


def run_split(runner: Runner) -> ClassSplit | None:
    """Return the split of the decode head, or else of the data.

    A plain head, as in seen-only training, has none of its own.
    """
    split = head_split(runner.model)
    if split is not None:
        return split
    given = [loop.dataloader.dataset for _, loop in built_loops(runner)]
    for name in ('train', 'val', 'test'):
        loader = getattr(runner, f'_{name}_dataloader', None)
        if isinstance(loader, Mapping):
            given.append(loader.get('dataset'))
    splits = (found for dataset in given for found in _splits(dataset))
    return next(splits, None)


def _splits(dataset: BaseDataset | Mapping) -> Iterator[ClassSplit]:
    """Yield the splits of a data set or of its config."""
    if not isinstance(dataset, Mapping):
        found = map(data_split, data_sets(dataset))
        yield from (split for split in found if split is not None)
    elif dataset.get('split') is not None:
        yield build_split(dataset['split'])
    else:
        inner = dataset.get('datasets') or [dataset.get('dataset') or ()]
        for part in inner:
            if part:
                yield from _splits(part)


def run_supervision(runner: Runner) -> Supervision:
    """Return the supervision that the run's results hook states.

    It is the default where there is no such hook.
    """
    for hook in runner.hooks:
        name = getattr(hook, 'supervision', None)
        if isinstance(name, str) and name in SUPERVISIONS:
            return SUPERVISIONS[name]
    return SUPERVISIONS[DEFAULT]
