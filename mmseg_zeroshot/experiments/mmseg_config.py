"""What a zero-shot config takes over from an ordinary one."""
from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    ConfigValue,
)

from .choices import without_choices
from .config_files import read_config
from .mmseg_data import inner_dataset, pipeline_of, type_name

HOSTS = ('FCNHead', 'ASPPHead', 'DepthwiseSeparableASPPHead', 'PSPHead',
         'UPerHead', 'SegformerHead', 'FPNHead')
"""The most used of the heads that can be hosts, for messages."""

# Keys that a runner or one of MMSegmentation's tools reads; the others are
# variables of the config, which have been put in place already.
SCHEDULE = ('optim_wrapper', 'param_scheduler', 'train_cfg', 'val_cfg',
            'test_cfg', 'auto_scale_lr')
RUNTIME = ('env_cfg', 'visualizer', 'log_processor', 'log_level',
           'randomness', 'tta_model', 'tta_pipeline', 'sync_bn',
           'find_unused_parameters', 'model_wrapper_cfg', 'compile',
           'efficient_conv_bn_eval', 'activation_checkpointing')


@dataclass(frozen=True)
class BaseConfig:
    """The parts of an ordinary config, free of its inheritance.

    Attributes:
        name: The file's name without suffix.
        model: The segmentor, with its own decode head.
        data: Inner data sets by loop (train, val, test), without pipelines.
        pipelines: Pipelines by loop.
        loaders: Data loaders by loop, without data sets.
        schedule: Optimizer, schedulers and loops.
        runtime: What else a runner reads.
        default_hooks: MMEngine's hooks, without choices by a score.
        custom_hooks: Others of the base, without choices by a score.
        imports: Modules that the base imports.
        notes: What has been left out, a sentence each.
    """

    name: str
    model: ConfigType
    data: dict[str, dict]
    pipelines: dict[str, list]
    loaders: dict[str, dict]
    schedule: ConfigType
    runtime: ConfigType
    default_hooks: ConfigType
    custom_hooks: list[dict]
    imports: list[str]
    notes: list[str]


def load_base(path: Path, *, imports: bool = True) -> BaseConfig:
    """Read an mmseg config and take it apart.

    Args:
        path: The file.
        imports: Whether the modules that it names are imported.

    Raises:
        ValueError: It cannot be made zero-shot.
    """
    config = read_config(path, imports=imports)
    return read_base(config.to_dict(), path.stem)


def read_base(config: ConfigPart, name: str) -> BaseConfig:
    """Take an MMSegmentation config apart.

    Args:
        config: All keys of the config, inheritance resolved, plain dicts.
        name: The file's name without suffix.

    Returns:
        Its parts.

    Raises:
        ValueError: The config lacks a part, is zero-shot already, or has a
            segmentor, head or data set that cannot be made so; the key and
            what can be done are named.
    """
    config = _plain(config)
    for key in ('model', 'train_dataloader', 'val_dataloader'):
        if not config.get(key):
            raise ValueError(f'{name} has no {key}: a config that trains and '
                             'validates a segmentor is needed')
    _check_model(config['model'])
    loaders = {loop: config.get(f'{loop}_dataloader')
               or config['val_dataloader'] for loop in ('train', 'val',
                                                        'test')}
    hooks, custom, notes = without_choices(config)
    if config.get('load_from'):
        notes.append(
            f'load_from={config["load_from"]!r} is left out: nobody knows '
            'which labels it was trained on')
    return BaseConfig(
        name=name, model=config['model'],
        data={loop: inner_dataset(loader['dataset'], f'{loop}_dataloader')
              for loop, loader in loaders.items()},
        pipelines={loop: pipeline_of(loader['dataset'], f'{loop}_dataloader')
                   for loop, loader in loaders.items()},
        loaders={loop: {key: value for key, value in loader.items()
                        if key != 'dataset'}
                 for loop, loader in loaders.items()},
        schedule=_some(config, SCHEDULE), runtime=_some(config, RUNTIME),
        default_hooks=hooks, custom_hooks=custom,
        imports=_imports(config), notes=notes)


def _check_model(model: ConfigPart) -> None:
    """Refuse segmentors and heads that have no place for a classifier."""
    head = model.get('decode_head')
    can = ', '.join(HOSTS)
    if isinstance(head, list) or type_name(model).startswith('Cascade'):
        types = ' and '.join(map(type_name, head or []))
        raise ValueError(
            f'model.decode_head is a cascade ({types}), and a head that '
            'needs the scores of a head before it cannot be a host: take a '
            f'config with a single head, such as {can}')
    if not isinstance(head, dict):
        raise ValueError(f'model ({type_name(model)}) has no decode_head: '
                         f'take a config with a single head, such as {can}')
    if 'host' in head:
        raise ValueError(
            f'model.decode_head ({type_name(head)}) is a zero-shot head '
            'already: change its method there, or give its own base config')
    if type_name(model) != 'EncoderDecoder':
        raise ValueError(
            f'model.type is {type_name(model)!r}; an EncoderDecoder can be '
            f'made zero-shot, with a decode head such as {can}')


def _imports(config: ConfigPart) -> list[str]:
    given = (config.get('custom_imports') or {}).get('imports') or []
    names = [given] if isinstance(given, str) else list(given)
    return [*(n for n in names if n != 'mmseg_zeroshot'), 'mmseg_zeroshot']


def _some(config: ConfigPart, keys: tuple[str, ...]) -> dict:
    return {key: config[key] for key in keys if config.get(key) is not None}


def _plain(value: ConfigValue) -> ConfigValue:
    """Copy nested values; MMSegmentation's own scope goes without saying."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()
                if not (key == '_scope_' and item == 'mmseg')}
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(item) for item in value)
    return copy.copy(value)
