"""What a config says about its feature bank."""
from __future__ import annotations

from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmseg_zeroshot.loading import open_config
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigType

KEYS = ('path', 'dataset', 'views', 'max_vectors', 'graphs', 'seed',
        'batch_size')
"""Keys of ``feature_bank``; the first two must be there."""
EXTRACTOR = ('type', 'data_preprocessor', 'backbone', 'neck')


def bank_config(path: str, options: ConfigPart | None) -> Config:
    """Read a config and what it says about the bank.

    Args:
        path: The config file.
        options: Keys to change.

    Returns:
        The config, with mmseg as the scope of its names.

    Raises:
        FileNotFoundError: There is no such config.
        ValueError: It has no usable key `feature_bank`.
    """
    config = open_config(path, options)
    init_default_scope('mmseg')
    bank = config.get('feature_bank')
    if not isinstance(bank, dict):
        raise ValueError(
            f"{path} has no key 'feature_bank': add feature_bank = "
            "dict(path='…', dataset=dict(type='ZeroShotDataset', "
            "mode='drop', …)) (see the start of this tool)")
    for key in bank:
        if key not in KEYS:
            raise ValueError(f"unknown key {key!r} in 'feature_bank' of "
                             f'{path}.{hint(key, KEYS)}')
    for key in KEYS[:2]:
        if key not in bank:
            raise ValueError(f"'feature_bank' of {path} lacks {key!r}")
    return config


def extraction_settings(config: Config) -> ConfigType:
    """Return the parts of a config that features depend on.

    Args:
        config: The config.

    Returns:
        Model without classifier and losses, and data set: a bank serves
        every method on the same extractor.
    """
    model = config.model.to_dict()
    head = model['decode_head']
    host = dict(head.get('host', head))
    for key in ('loss_decode', 'init_cfg', 'num_classes', 'sampler'):
        host.pop(key, None)
    parts = {key: model.get(key) for key in EXTRACTOR}
    return dict(parts, host=host,
                dataset=config.feature_bank.dataset.to_dict())
