"""An mmseg config, turned into one that hides unseen classes."""
from __future__ import annotations

from pathlib import Path

from mmengine.config import Config

from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.semantics.splits import SplitSpec
from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    ConfigValue,
)

from .folder_data import FolderData
from .hosts import without_outputs
from .mmseg_config import BaseConfig, load_base
from .mmseg_data import type_name

OUR_HOOKS = dict(
    one_run=dict(type='OneRunHook'),
    stage_start=dict(type='StageStartHook'),
    finite=dict(type='FiniteHook'),
    label_leak=dict(type='LabelLeakHook'),
    consistency=dict(type='ConsistencyHook'),
    step_seed=dict(type='StepSeedHook'),
    run_state=dict(type='RunStateHook'))
"""Resume a run's own work, and end as an uninterrupted one would; stop one
that is not alone in its work dir, has a loss of NaN, sees unseen labels or
does not fit together."""


def adapted_config(path: Path, *, split: SplitSpec,
                   folder: FolderData | None = None, mode: str = 'ignore',
                   imports: bool = True) -> Config:
    """Return an mmseg config's network on the seen classes of a split.

    Network, pipelines, batch sizes and schedule are the config's own.

    Args:
        path: The mmseg config.
        split: Name or config of the split.
        folder: Images and masks in the place of the config's data sets.
        mode: How training leaves unseen classes out, ``'ignore'`` or
            ``'drop'``.
        imports: Whether the modules that the config names are imported.

    Returns:
        A config that inherits nothing.

    Raises:
        ValueError: The config lacks a part, is zero-shot already, or has a
            segmentor, head or data set that cannot be made so.
    """
    return adapt(load_base(path, imports=imports), split=split,
                 folder=folder, mode=mode)


def adapt(base: BaseConfig, *, split: SplitSpec,
          folder: FolderData | None = None, mode: str = 'ignore') -> Config:
    """Put the parts of an mmseg config together again, with a split.

    Args:
        base: The parts.
        split: Name or config of the split.
        folder: Images and masks in the place of the parts' data sets.
        mode: How training leaves unseen classes out.
    """
    number = build_split(split).num_classes
    data = base.data
    if folder:
        data = dict(train=folder.dataset(folder.train),
                    val=folder.dataset(folder.val),
                    test=folder.dataset(folder.val))
    loaders = {
        f'{loop}_dataloader': zero_shot_loader(
            base.loaders[loop], data[loop], base.pipelines[loop], loop=loop,
            split=split, mode=mode)
        for loop in ('train', 'val', 'test')
    }
    hooks = dict(base.default_hooks, **OUR_HOOKS, results=dict(
        type='ZeroShotResultsHook', method='seen only', supervision='strict'))
    return Config(dict(
        custom_imports=dict(imports=base.imports,
                            allow_failed_imports=False),
        default_scope='mmseg', split=split, model=_model(base.model, number),
        crop_size=base.model['data_preprocessor'].get('size'),
        train_pipeline=base.pipelines['train'],
        test_pipeline=base.pipelines['val'], **loaders,
        val_evaluator=dict(type='ZeroShotIoUMetric'),
        test_evaluator=dict(type='ZeroShotIoUMetric'), **base.schedule,
        default_hooks=hooks, custom_hooks=base.custom_hooks, **base.runtime))


def zero_shot_loader(loader: ConfigPart, dataset: ConfigPart,
                     pipeline: list, *, loop: str, split: SplitSpec,
                     mode: str) -> ConfigType:
    """Return a data loader whose data set hides unseen classes.

    Args:
        loader: Its other keys.
        dataset: The data set, without a pipeline.
        pipeline: The pipeline.
        loop: ``'train'``, ``'val'`` or ``'test'``.
        split: Name or config of the split.
        mode: How training leaves unseen classes out.
    """
    settings: ConfigType = (
        dict(mode=mode) if loop == 'train' else
        # Unseen classes keep their labels for the scores alone.
        dict(mode='keep', test_mode=True))
    return dict(
        loader if loop != 'train' else _resumable(loader),
        dataset=dict(
            type='ZeroShotDataset', split=split, **settings,
            dataset=dict(dataset), pipeline=pipeline))


def _resumable(loader: ConfigPart) -> ConfigPart:
    """Return a loader whose augmentations a resumed run goes on with."""
    sampler = loader.get('sampler') or {}
    if type_name(sampler) != 'InfiniteSampler':
        return loader
    return dict(loader, sampler=dict(sampler, type='KeyedInfiniteSampler'))


def _model(model: ConfigPart, number: int) -> ConfigType:
    """Return a segmentor whose classifiers have as many classes."""
    result = dict(model)
    for key in ('decode_head', 'auxiliary_head'):
        if result.get(key):
            result[key] = _with_classes(result[key], number)
    return result


def _with_classes(head: ConfigValue, number: int) -> ConfigValue:
    if isinstance(head, list):
        return [_with_classes(one, number) for one in head]
    return dict(without_outputs(head), num_classes=number)
