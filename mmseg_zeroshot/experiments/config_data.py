"""The data sets of an mmseg config, to train a shipped network on."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.semantics.splits import SplitSpec
from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    ConfigValue,
)

from .adapted import zero_shot_loader
from .config_files import read_config
from .mmseg_data import inner_dataset, pipeline_of, type_name


def config_data(path: Path, *, split: SplitSpec) -> ConfigType:
    """Return what a file of ``configs/_base_/datasets`` holds.

    Pipelines, batch sizes and loaders are the config's own. Training ignores
    pixels of unseen classes.

    Args:
        path: An mmseg config with data loaders, such as one of mmseg's
            ``_base_/datasets``.
        split: Name or config of the split.

    Raises:
        ValueError: The config lacks a loader, has one that is zero-shot
            already, or crops nothing.
    """
    config = read_config(path, imports=True).to_dict()
    result: ConfigType = {}
    for loop in ('train', 'val', 'test'):
        key = f'{loop}_dataloader'
        loader = dict(config.get(key) or config.get('val_dataloader') or {})
        dataset = loader.pop('dataset', None)
        if not dataset:
            raise ValueError(f'{path} has no {key}.dataset: name a config '
                             'with data to train and score on')
        pipeline = pipeline_of(dataset, key)
        result[key] = zero_shot_loader(
            loader, inner_dataset(dataset, key), pipeline, loop=loop,
            split=split, mode='ignore')
        result.setdefault(
            'train_pipeline' if loop == 'train' else 'test_pipeline', pipeline)
    metric = dict(type='ZeroShotIoUMetric')
    crop = config.get('crop_size') or _crop(result['train_pipeline'], path)
    return dict(result, crop_size=crop, val_evaluator=metric,
                test_evaluator=dict(metric))


def _crop(pipeline: Sequence[ConfigPart], path: Path) -> ConfigValue:
    """Return the size of what a training pipeline gives."""
    for step in pipeline:
        if type_name(step) == 'RandomCrop':
            return step['crop_size']
    raise ValueError(f'{path} has no crop_size, and no RandomCrop in its '
                     'training pipeline: images of a batch must be of one '
                     'size')
