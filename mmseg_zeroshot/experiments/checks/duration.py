"""How long a run will take, from earlier runs and from a few iterations."""
from __future__ import annotations

import copy
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample

from .building import silence
from .files import Parts
from .finding import Finding, Section
from .subject import Subject, at, number_at

LIMIT = 4.0
"""Most seconds that measuring may take."""
_ON_BANK = 0.02
"""Seconds of an iteration on a feature bank, as measured on one core."""
_FORWARD = 1 / 3
"""Share of the forward pass in an iteration."""
_BATCH = 2


class Speed(NamedTuple):
    """What an iteration of the plain network takes.

    Attributes:
        seconds: Per image of a training's crop, forward and backward.
        how: What it was measured on, for people.
    """

    seconds: float
    how: str


def estimate_duration(subject: Subject, parts: Parts) -> Section:
    """Estimate how long the steps take together, one after the other.

    Args:
        subject: What is checked.
        parts: The images.
    """
    known = earlier_seconds(subject.work_dir)
    todo = [name for name in subject.steps if subject.runs_of(name)]
    new = [name for name in todo if name not in known]
    speed = measure(subject) if any(
        at(subject.configs.get(name), ['model']) for name in new) else None
    total, told = 0.0, 0
    for name in todo:
        seconds = known.get(name)
        if seconds is None and speed is not None:
            seconds = _estimate(subject, name, parts, speed)
        if seconds is not None:
            told += 1
            total += seconds * subject.runs_of(name)
    if todo and not told:
        return Section('time', 'not measured: one iteration takes too long '
                       'on this machine, or the network cannot be built')
    sources = [f'{len(todo) - len(new)} steps of an earlier run'
               ] if len(new) < len(todo) else []
    if speed is not None:
        sources.append(speed.how)
    text = f'about {in_time(total)} with {len(subject.seeds)} seed(s)'
    finding = Finding(
        'info', 'time', f'{text}, one step after the other. This is an '
        f'estimate from {" and ".join(sources) or "nothing"}; reading images '
        'and writing files are not in it')
    return Section('time', text, [finding])


def earlier_seconds(work_dir: Path) -> dict[str, float]:
    """Return what the steps of earlier runs took.

    Args:
        work_dir: Folder of the run.

    Returns:
        Seconds by step; of several runs the longest, without those that
        went on from a stop.
    """
    found: dict[str, float] = {}
    for path in work_dir.glob('*/*/done.json'):
        try:
            said = json.loads(path.read_text('utf-8'))
            name, seconds = said['step'], float(said['seconds'])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if not said.get('resumed'):
            found[name] = max(seconds, found.get(name, 0.0))
    return found


def measure(subject: Subject) -> Speed | None:
    """Time an iteration of the first network that trains on images.

    A small crop is timed first; the real one only if it will take less than
    :data:`LIMIT`.

    Args:
        subject: What is checked.

    Returns:
        None if there is no such network, or it cannot be timed.
    """
    config = next((config for config in subject.configs.values()
                   if _on_images(config) and config.get('optim_wrapper')),
                  None)
    if config is None:
        return None
    try:
        with silence():
            return _measure(config)
    # Networks of anybody's; what is wrong with them others find.
    except Exception:
        return None


def in_time(seconds: float) -> str:
    """Return a length of time for people.

    Args:
        seconds: The length.
    """
    if seconds < 90:
        return f'{seconds:.0f} s'
    minutes = seconds / 60
    if minutes < 90:
        return f'{minutes:.0f} minutes'
    return f'{minutes / 60:.1f} hours'


def _measure(config: Mapping[str, Any]) -> Speed | None:
    crop = tuple(at(config, ['model', 'data_preprocessor', 'size']) or ())
    if len(crop) != 2:
        return None
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    begun = time.perf_counter()
    model = MODELS.build(copy.deepcopy(dict(config['model']))).to(device)
    batch = config['train_dataloader'].get('batch_size', 1)
    small = tuple(max(64, side // 2) for side in crop)
    _iterate(model, small, _BATCH)  # the first call prepares much
    probe = _iterate(model, small, _BATCH) / _BATCH
    area = crop[0] * crop[1] / (small[0] * small[1])
    left = LIMIT - (time.perf_counter() - begun)
    size = f'{crop[0]}x{crop[1]}'
    if probe * area * batch < left:
        seconds = _iterate(model, crop, batch) / batch
        return Speed(seconds, f'one iteration at {size}, batch {batch}, on '
                     f'this {device}')
    return Speed(probe * area, f'one iteration at {small[0]}x{small[1]}, '
                 f'batch {_BATCH}, on this {device}, scaled to {size}')


def _iterate(model: Any, size: tuple[int, ...], batch: int) -> float:
    """Return the seconds of a forward and backward pass."""
    device = next(model.parameters()).device
    samples = []
    for _ in range(batch):
        sample = SegDataSample(metainfo=dict(
            img_shape=size, ori_shape=size, pad_shape=size))
        sample.gt_sem_seg = PixelData(data=torch.zeros(
            1, *size, dtype=torch.long, device=device))
        samples.append(sample)
    images = torch.rand(batch, 3, *size, device=device)
    begun = time.perf_counter()
    losses = model.train()(images, samples, mode='loss')
    total, _ = model.parse_losses(losses)
    total.backward()
    if device.type == 'cuda':
        torch.cuda.synchronize()
    return time.perf_counter() - begun


def _on_images(config: Mapping[str, Any]) -> bool:
    kind = at(config, ['train_dataloader', 'dataset', 'type'])
    return kind == 'ZeroShotDataset'


def _estimate(subject: Subject, name: str, parts: Parts,
              speed: Speed) -> float | None:
    """Return the seconds of one run of a step."""
    config, command = subject.configs.get(name), subject.steps[name].command
    if config is None:
        return None
    one = speed.seconds
    if command == 'train':
        return _training(config, one) + _validations(config) * _images(
            parts, config, 'val_dataloader') * one * _FORWARD
    key = ('feature_bank' if command == 'build-feature-bank' else
           'train_dataloader' if command == 'pseudo-label' else
           'val_dataloader')
    views = number_at(config, ['feature_bank', 'views'], 1)
    return _images(parts, config, key) * one * _FORWARD * (
        views if key == 'feature_bank' else 1)


def _training(config: Mapping[str, Any], one: float) -> float:
    length = number_at(config, ['train_cfg', 'max_iters'], 0)
    batch = number_at(config, ['train_dataloader', 'batch_size'], 1)
    return length * (one * batch if _on_images(config) else _ON_BANK)


def _validations(config: Mapping[str, Any]) -> int:
    length = number_at(config, ['train_cfg', 'max_iters'], 0)
    interval = number_at(config, ['train_cfg', 'val_interval'], 1)
    begin = number_at(config, ['train_cfg', 'val_begin'], 1)
    return 0 if begin > length or interval < 1 else length // interval


def _images(parts: Parts, config: Mapping[str, Any], key: str) -> int:
    part = parts.of(at(config, [key, 'dataset']))
    return 0 if part is None else len(part.pairs)
