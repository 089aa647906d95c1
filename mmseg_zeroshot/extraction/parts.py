"""A bank's data set and network, made anew in each process."""
from __future__ import annotations

from typing import TYPE_CHECKING

from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.runner import load_state_dict
from mmseg.registry import DATASETS

from mmseg_zeroshot.datasets.fingerprints import differences
from mmseg_zeroshot.engine.hooks.consistency.checkpoint import (
    LoadingCheck,
    check_trained_classes,
    state_dict_of,
)
from mmseg_zeroshot.loading import build_model
from mmseg_zeroshot.models.frozen_extractor import FrozenExtractor
from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.semantics.supervision import stated_supervision
from mmseg_zeroshot.utils.checkpoints import read_checkpoint
from mmseg_zeroshot.utils.typing_utils import ConfigPart

from .configs import bank_config

if TYPE_CHECKING:
    from mmseg_zeroshot.datasets.protocols import SampleDataset


def make_dataset(path: str, options: ConfigPart | None) -> SampleDataset:
    """Build the data set of a config's `feature_bank`.

    Args:
        path: The config file.
        options: Keys to change.

    Returns:
        The data set.

    Raises:
        ValueError: Its split is not the decode head's.
    """
    config = bank_config(path, options)
    dataset = DATASETS.build(config.feature_bank.dataset)
    split = config.model.decode_head.get('split')
    found = dataset.metainfo.get('split')
    if split is not None and found is not None:
        wrong = differences(dict(split=build_split(split).to_dict()),
                            dict(split=found))
        if wrong:
            raise ValueError(f'{path}: feature_bank.dataset has another split '
                             f'than model.decode_head: {"; ".join(wrong)}')
    return dataset


def make_extract(path: str, options: ConfigPart | None,
                 checkpoint: str, device: str) -> FrozenExtractor:
    """Build a config's model and load its extractor.

    Args:
        path: The config file.
        options: Keys to change.
        checkpoint: The weights.
        device: Where the model runs.

    Returns:
        The frozen extractor.

    Raises:
        ValueError: The model has no pixel features, or the checkpoint lacks
            extractor weights, was trained on a class that is unseen here, or
            is no checkpoint.
    """
    config = bank_config(path, options)
    model = build_model(config)
    if not hasattr(model, 'pixel_features'):
        raise ValueError(f'{type(model).__name__} has no pixel_features: the '
                         'model must be a ZeroShotSegmentor')
    stored = read_checkpoint(checkpoint)
    logger = MMLogger.get_current_instance()
    check_trained_classes(
        stored, model.decode_head.split, training=True,
        supervision=stated_supervision(
            _hook(config, 'ZeroShotResultsHook')),
        trust=_hook(config, 'ConsistencyHook').get('trust_checkpoint', False),
        logger=logger)
    LoadingCheck(model, stored, training=True)
    load_state_dict(model, state_dict_of(stored), logger=logger)
    return FrozenExtractor(model, device)


def _hook(config: Config, name: str) -> ConfigPart:
    """Return the settings of a hook, none if the config has no such hook."""
    hooks = [*(config.get('default_hooks') or {}).values(),
             *(config.get('custom_hooks') or ())]
    found = (hook for hook in hooks if hook and hook.get('type') == name)
    return next(found, {})
