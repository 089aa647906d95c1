"""How much disk and memory the steps will need."""
from __future__ import annotations

import math
from collections.abc import Mapping

from torch import nn

from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigValue

from .data_sets import inner
from .finding import Finding, Section
from .masks import Masks, kept_images
from .networks import Networks, parameter_bytes
from .subject import Subject, at, data_split, number_at

_FLOAT16 = 2
_UNITS = ('B', 'kB', 'MB', 'GB', 'TB')
# Of each trained weight, in the optimizer's state; SGD without momentum: 0.
_STATES = dict(SGD=1, Adam=2, AdamW=2)
_OTHERS = 2
_UNKNOWN = 3.0
"""Classes in an image whose mask is not there yet."""


def check_space(subject: Subject, networks: Networks,
                masks: Masks) -> Section:
    """Compare what the steps will leave and hold with what there is.

    Args:
        subject: What is checked.
        networks: The models.
        masks: What the images hold.
    """
    needs = {name: disk_of(subject, name, networks.by_step.get(name), masks)
             for name in subject.configs}
    disk = sum(size * subject.runs_of(name) for name, size in needs.items())
    memory = max((memory_of(subject.configs[name], model)
                  for name, model in networks.by_step.items()), default=0)
    free = subject.resources
    findings = [*_too_little_disk(subject, needs, disk),
                *_too_little_memory(memory, free.memory)]
    looked_at = f'{in_units(disk)} of {in_units(free.disk)} disk'
    if free.memory is not None:
        looked_at += (f', weights in training {in_units(memory)} of '
                      f'{in_units(free.memory)} memory')
    return Section('disk and memory', looked_at, findings)


def disk_of(subject: Subject, step: str, model: nn.Module | None,
            masks: Masks) -> int:
    """Return the bytes that one run of a step leaves, at most.

    Args:
        subject: What is checked.
        step: Name of the step.
        model: Its model.
        masks: What the images hold.
    """
    config, command = subject.configs[step], subject.steps[step].command
    if model is None:
        return 0
    if command == 'train':
        return checkpoints_kept(config) * checkpoint_bytes(config, model)
    if command == 'build-feature-bank':
        return bank_bytes(config, model, masks)
    return 0


def checkpoint_bytes(config: ConfigPart, model: nn.Module) -> int:
    """Return the size of a checkpoint: weights and the optimizer's state.

    Args:
        config: The step's config.
        model: Its model.
    """
    hook = at(config, ['default_hooks', 'checkpoint']) or {}
    size = parameter_bytes(model) + sum(
        b.numel() * b.element_size() for b in model.buffers())
    if hook.get('save_optimizer', True):
        size += _state_bytes(config, model)
    return size


def checkpoints_kept(config: ConfigPart) -> int:
    """Return how many checkpoints a training leaves.

    Args:
        config: Its config.
    """
    place = ['default_hooks', 'checkpoint']
    hook = at(config, place) or {}
    unit = 'max_epochs' if hook.get('by_epoch', True) else 'max_iters'
    length = number_at(config, ['train_cfg', unit], 1)
    interval = number_at(config, [*place, 'interval'], -1)
    saved = max(1, math.ceil(length / interval)) if interval > 0 else 1
    most = number_at(config, [*place, 'max_keep_ckpts'], -1)
    kept = min(saved, most) if most > 0 else saved
    return kept + (1 if hook.get('save_best') else 0)


def bank_bytes(config: ConfigPart, model: nn.Module,
               masks: Masks) -> int:
    """Return the size of a feature bank with the shards that it is made of.

    Args:
        config: The config of its step.
        model: The model.
        masks: What the images hold; images with an unknown content are
            taken to hold three classes.
    """
    bank = config['feature_bank']
    width = getattr(getattr(model, 'decode_head', None),
                    'feature_channels', 0)
    vectors = number_at(bank, ['max_vectors'], 128)
    if bank.get('graphs') is not None:
        # A node for each region, here one for each class.
        vectors += 1 + number_at(bank, ['graphs', 'pixels'], 8)
    sets = (_classes_in_images(bank['dataset'], masks)
            * number_at(bank, ['views'], 1))
    # Shards stay until the bank is finished.
    return int(2 * sets * vectors * width * _FLOAT16)


def memory_of(config: ConfigPart, model: nn.Module) -> int:
    """Return the bytes of weights, gradients and the optimizer's state.

    What a batch of images adds depends on the network and is not counted.

    Args:
        config: The step's config.
        model: Its model.
    """
    if not config.get('optim_wrapper'):
        return parameter_bytes(model)
    return (parameter_bytes(model) + parameter_bytes(model, trained=True)
            + _state_bytes(config, model))


def in_units(size: float) -> str:
    """Return a size for people, such as ``'1.5 GB'``.

    Args:
        size: In bytes.
    """
    number, power = float(size), 0
    while number >= 1000 and power < len(_UNITS) - 1:
        number, power = number / 1000, power + 1
    digits = 1 if power and number < 10 else 0
    return f'{number:.{digits}f} {_UNITS[power]}'


def _state_bytes(config: ConfigPart, model: nn.Module) -> int:
    optimizer = at(config, ['optim_wrapper', 'optimizer']) or {}
    kind = str(optimizer.get('type'))
    states = _STATES.get(kind, _OTHERS)
    if kind == 'SGD' and not optimizer.get('momentum'):
        states = 0
    return states * parameter_bytes(model, trained=True)


def _classes_in_images(dataset: ConfigValue, masks: Masks) -> float:
    """Return the number of (image, seen class) pairs of a training set."""
    found, split = masks.of(dataset), data_split(dataset)
    if found is None or split is None or not found[1].read:
        return _UNKNOWN * number_at(inner(dataset), ['num_train'], 0)
    report = found[1]
    kept = kept_images(report, dataset, split)[list(split.seen_ids)].sum()
    return float(kept) * report.total / report.read


def _too_little_disk(subject: Subject, needs: Mapping[str, int],
                     disk: int) -> list[Finding]:
    free = subject.resources.disk
    if disk <= free:
        return []
    largest = max(needs, key=lambda name: needs[name]
                  * subject.runs_of(name))
    size = needs[largest] * subject.runs_of(largest)
    return [Finding(
        'error', 'work dir',
        f'the steps leave up to {in_units(disk)}, and {in_units(free)} are '
        f'free; most is of {largest!r}, {in_units(size)}',
        'free some, name another --work-dir, use fewer seeds, or keep less: '
        'default_hooks.checkpoint.max_keep_ckpts, and max_vectors of '
        "stages['bank']", str(subject.work_dir))]


def _too_little_memory(memory: int, free: int | None) -> list[Finding]:
    if free is None or memory <= free:
        return []
    return [Finding(
        'warning', 'memory', 'weights, gradients and the state of the '
        f'optimizer take {in_units(memory)}, and {in_units(free)} are free',
        'close other programs, or take a smaller network')]
