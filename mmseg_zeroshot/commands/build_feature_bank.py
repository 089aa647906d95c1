"""Extract a training set's pixel features once, for the steps after step 0.

Examples:
    # what to extract is said by the config's key `feature_bank`
    mmseg-zeroshot build-feature-bank CONFIG work_dirs/step0/iter_20000.pth

    # four processes on a CPU; one per GPU is the default where there are any
    mmseg-zeroshot build-feature-bank CONFIG CHECKPOINT --workers 4

The config's key::

    feature_bank = dict(
        path='work_dirs/voc12-zs3-k2/bank',
        dataset=dict(type='ZeroShotDataset', mode='drop', split=split,
                     dataset=inner, pipeline=train_pipeline),
        views=1, max_vectors=128, seed=0, batch_size=8)

With ``graphs=dict(min_pixels=4, pixels=8)`` it also keeps each image's region
graph, for graph context.

A killed build goes on where it stopped when the same command is run again; a
bank that is up to date is left alone. Images of different sizes do not share
a batch: a `Pad` step in the pipeline makes small ones as large as the crop.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from mmengine.runner import load_state_dict
from mmseg.registry import DATASETS, MODELS

from mmseg_zeroshot._stack import checkpoint_globals
from mmseg_zeroshot.commands._arguments import add_cfg_options, make_parser
from mmseg_zeroshot.datasets.feature_bank.bank import FeatureBank
from mmseg_zeroshot.datasets.feature_bank.builder import build_feature_bank
from mmseg_zeroshot.datasets.fingerprints import differences
from mmseg_zeroshot.engine.hooks.consistency.checkpoint import (
    LoadingCheck,
    check_trained_classes,
    state_dict_of,
)
from mmseg_zeroshot.models.frozen_extractor import FrozenExtractor
from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.semantics.supervision import stated_supervision
from mmseg_zeroshot.utils import exit_code
from mmseg_zeroshot.utils.feature_settings import feature_settings

KEYS = ('path', 'dataset', 'views', 'max_vectors', 'graphs', 'seed',
        'batch_size')
EXTRACTOR = ('type', 'data_preprocessor', 'backbone', 'neck')


def load_config(path: str, options: Mapping[str, Any] | None) -> Config:
    """Read a config and what it says about the bank.

    Args:
        path: The config file.
        options: Keys to change.

    Returns:
        The config, with mmseg as the scope of its names.

    Raises:
        ValueError: It has no usable key `feature_bank`.
    """
    config = Config.fromfile(path)
    if options:
        config.merge_from_dict(dict(options))
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


def make_dataset(path: str, options: Mapping[str, Any] | None) -> Any:
    """Build the data set of a config's `feature_bank`.

    Args:
        path: The config file.
        options: Keys to change.

    Raises:
        ValueError: Its split is not the decode head's.
    """
    config = load_config(path, options)
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


def make_extract(path: str, options: Mapping[str, Any] | None,
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
    config = load_config(path, options)
    model_config = config.model
    # Weights come from the checkpoint: nothing is downloaded.
    model_config.pop('pretrained', None)
    model = MODELS.build(model_config)
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


def _hook(config: Config, name: str) -> Mapping[str, Any]:
    """Return the settings of a hook, none if the config has no such hook."""
    hooks = [*(config.get('default_hooks') or {}).values(),
             *(config.get('custom_hooks') or ())]
    found = (hook for hook in hooks if hook and hook.get('type') == name)
    return next(found, {})


def read_checkpoint(path: str) -> dict[str, Any]:
    """Read a checkpoint without running code from it.

    Args:
        path: File that MMEngine or `torch.save` wrote.

    Returns:
        Its content.

    Raises:
        ValueError: It is no checkpoint.
    """
    # MMEngine's hold the logged scalars beside the weights.
    # Before torch 2.4 nothing had to be named.
    if hasattr(torch.serialization, 'add_safe_globals'):
        torch.serialization.add_safe_globals(checkpoint_globals())
    try:
        return torch.load(path, map_location='cpu', weights_only=True)
    except OSError:
        raise
    except Exception as error:
        # Any error at all: the file's first bytes decide how it is parsed.
        raise ValueError(f'{path} cannot be read as a checkpoint: '
                         f'{error}') from error


def what_decides(config: Config) -> dict[str, Any]:
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


def default_devices() -> list[str]:
    """Every visible GPU, or the CPU."""
    count = torch.cuda.device_count()
    return [f'cuda:{i}' for i in range(count)] or ['cpu']


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__name__, __doc__)
    parser.add_argument('config', help='config with the key feature_bank')
    parser.add_argument('checkpoint', help='weights of the extractor')
    parser.add_argument('--out', help='folder of the bank, instead of '
                        'feature_bank.path')
    parser.add_argument('--workers', type=int, help='processes; default: one '
                        'per device if there are several, else none extra')
    parser.add_argument('--device', nargs='+', help='such as cpu or cuda:1; '
                        'default: all visible GPUs, else cpu')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace a bank made from something else')
    add_cfg_options(parser)
    return parser.parse_args(argv)


def build(args: argparse.Namespace) -> FeatureBank:
    """Build the bank that the arguments ask for.

    Args:
        args: What :func:`parse_args` returns.
    """
    config = load_config(args.config, args.cfg_options)
    given = config.feature_bank
    devices = args.device or default_devices()
    workers = args.workers
    if workers is None:
        workers = len(devices) if len(devices) > 1 else 0
    sizes = {key: given[key] for key in KEYS[2:] if key in given}
    return build_feature_bank(
        args.out or given.path,
        make_dataset=partial(make_dataset, args.config, args.cfg_options),
        make_extract=partial(make_extract, args.config, args.cfg_options,
                             args.checkpoint),
        checkpoint=args.checkpoint, config=what_decides(config),
        settings=feature_settings(config), **sizes, workers=workers,
        devices=devices, overwrite=args.overwrite,
        report=partial(print, flush=True))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: build(parse_args(argv)), RuntimeError)
