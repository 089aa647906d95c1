"""How long a run will take, from earlier runs and from a few iterations."""
from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample

from mmseg_zeroshot.models.feature_sets import FeatureSets
from mmseg_zeroshot.utils.reading import read_json
from mmseg_zeroshot.utils.typing_utils import ConfigPart

from .building import as_config, silence
from .files import Parts
from .finding import Finding, Section
from .subject import Subject, at, number_at

if TYPE_CHECKING:
    from mmseg.models import BaseSegmentor
    from mmseg.models.decode_heads.decode_head import BaseDecodeHead

LIMIT = 2.0
"""Most seconds that measuring iterations on images should take."""
START = 10.0
"""Seconds until a step begins its work: imports, weights, lists of files."""
_REPEATS = 3
_FORWARD = 1 / 3
"""Share of the forward pass in an iteration."""
_BATCH = 2
_ON_BANK = ('generator', 'classifier', 'joint')
"""Stages of a head that may train on a feature bank."""


class Speed(NamedTuple):
    """What an iteration takes on this machine.

    Attributes:
        image: Seconds of the plain network, forward and backward, for an
            image of a training's crop.
        on_bank: Seconds of an iteration on a feature bank, by the stage of
            the head.
        how: What was measured, for people.
    """

    image: float
    on_bank: Mapping[str, float]
    how: str


def estimate_duration(subject: Subject, parts: Parts) -> Section:
    """Estimate how long the steps take together, one after the other.

    Args:
        subject: What is checked.
        parts: The images.
    """
    known = earlier_seconds(subject.work_dir)
    todo = [name for name in subject.configs if subject.runs_of(name)]
    new = [name for name in todo if name not in known]
    speed = measure(subject) if new else None
    if new and speed is None:
        return Section('time', 'not known: no network could be built and '
                       'timed')
    seconds = sum(subject.runs_of(name) * (
        known[name] if speed is None or name in known
        else START + _estimate(subject, name, parts, speed)) for name in todo)
    sources = [speed.how] if speed else []
    if len(new) < len(todo):
        sources.append(f'{_counted(len(todo) - len(new), "step")} of an '
                       'earlier run')
    text = f'{in_time(seconds)} for {_counted(len(subject.seeds), "seed")}'
    if not todo:
        return Section('time', f'{text}, all is done')
    return Section('time', text, [Finding(
        'info', 'time', f'{text}, one step after the other. This is a rough '
        f'estimate from {" and ".join(sources)}'
        + ('; reading images and writing files are not in it'
           if speed else ''))])


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
            said = read_json(path)
            name, seconds = said['step'], float(said['seconds'])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if not said.get('resumed'):
            found[name] = max(seconds, found.get(name, 0.0))
    return found


def measure(subject: Subject) -> Speed | None:
    """Time an iteration of the first network that trains on images.

    A small crop is timed first; the real one only if that is done within
    :data:`LIMIT`. Heads that train on a feature bank are timed too.

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
            image, how = _time_images(config)
            return Speed(image, _time_on_bank(subject), how)
    # Networks of anybody's; what is wrong with them other checks say.
    except Exception:
        return None


def in_time(seconds: float) -> str:
    """Return a length of time for people, to one significant figure.

    Args:
        seconds: The length.
    """
    for unit, length in (('day', 86400), ('hour', 3600), ('minute', 60)):
        number = float(f'{seconds / length:.0e}')
        if number >= 1:
            return f'about {_counted(int(number), unit)}'
    return 'less than a minute'


def _counted(number: int, noun: str) -> str:
    return f'{number} {noun}{"" if number == 1 else "s"}'


def _time_images(config: ConfigPart) -> tuple[float, str]:
    """Return seconds for an image, and what was measured."""
    crop = tuple(config['model']['data_preprocessor']['size'])
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    model = MODELS.build(as_config(config['model'])).to(device)
    batch = number_at(config, ['train_dataloader', 'batch_size'], 1)
    small = tuple(max(64, side // 2) for side in crop)
    begun = time.perf_counter()
    _iterate(model, small, _BATCH)  # the first call prepares much
    area = crop[0] * crop[1] / (small[0] * small[1])
    scaled = _iterate(model, small, _BATCH) / _BATCH * area
    left = LIMIT - (time.perf_counter() - begun)
    where = f'on this {"GPU" if device == "cuda" else "CPU"}'
    size = f'{crop[0]}x{crop[1]}'
    if scaled * batch * (1 + _REPEATS) < left:
        _iterate(model, crop, batch)
        return (_median(lambda: _iterate(model, crop, batch)) / batch,
                f'the median of {_REPEATS} iterations at {size}, batch '
                f'{batch}, {where}')
    if scaled / area * _BATCH * _REPEATS < left:
        scaled = _median(
            lambda: _iterate(model, small, _BATCH)) / _BATCH * area
    return scaled, (f'iterations at {small[0]}x{small[1]}, batch {_BATCH}, '
                    f'{where}, scaled to {size}')


def _median(iterate: Callable[[], float]) -> float:
    return statistics.median(iterate() for _ in range(_REPEATS))


def _time_on_bank(subject: Subject) -> dict[str, float]:
    """Return seconds of an iteration on a bank by the stage of the head."""
    found: dict[str, float] = {}
    for _, config in subject.parts('model', 'decode_head'):
        stage = config.get('stage')
        if stage not in _ON_BANK or stage in found:
            continue
        # Recursion asks a runner which iteration it is.
        head = MODELS.build(dict(as_config(config), recursion=None))
        if not head.trains_extractor:
            _iterate_on_bank(head)
            found[stage] = _median(partial(_iterate_on_bank, head))
    return found


def _iterate_on_bank(head: BaseDecodeHead) -> float:
    """Return the seconds of a forward and backward pass on random sets."""
    ids = torch.tensor(head.split.seen_ids)
    sets = FeatureSets(
        torch.rand(len(ids), head.num_vectors, head.feature_channels), ids,
        torch.full((len(ids), ), 1 / len(ids)))
    clock = _Clock()
    losses = head.loss_of_sets(sets)
    sum(v for key, v in losses.items() if 'loss' in key).backward()
    return clock.seconds()


def _iterate(model: BaseSegmentor, size: tuple[int, ...], batch: int) -> float:
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
    clock = _Clock(device.type)
    losses = model.train()(images, samples, mode='loss')
    total, _ = model.parse_losses(losses)
    total.backward()
    return clock.seconds()


class _Clock:
    """Measures seconds from now on.

    On a CPU that other processes use too, it counts what this one gets.

    Args:
        device: Type of the device that computes.
    """

    def __init__(self, device: str = 'cpu') -> None:
        self._device = device
        self._wait()
        self._begun = time.perf_counter(), time.process_time()

    def seconds(self) -> float:
        """Return the seconds since it was made."""
        self._wait()
        wall = time.perf_counter() - self._begun[0]
        if self._device != 'cpu':
            return wall
        used = time.process_time() - self._begun[1]
        return min(wall, used / torch.get_num_threads())

    def _wait(self) -> None:
        if self._device == 'cuda':
            torch.cuda.synchronize()


def _on_images(config: ConfigPart) -> bool:
    kind = at(config, ['train_dataloader', 'dataset', 'type'])
    return kind == 'ZeroShotDataset'


def _estimate(subject: Subject, name: str, parts: Parts,
              speed: Speed) -> float:
    """Return the seconds of one run of a step."""
    config, command = subject.configs[name], subject.steps[name].command
    one = speed.image
    if command == 'train':
        return _training(config, speed) + _validations(config) * _images(
            parts, config, 'val_dataloader') * one * _FORWARD
    key = ('feature_bank' if command == 'build-feature-bank' else
           'train_dataloader' if command == 'pseudo-label' else
           'val_dataloader')
    views = number_at(config, ['feature_bank', 'views'], 1)
    return _images(parts, config, key) * one * _FORWARD * (
        views if key == 'feature_bank' else 1)


def _training(config: ConfigPart, speed: Speed) -> float:
    length = number_at(config, ['train_cfg', 'max_iters'], 0)
    if _on_images(config):
        return length * speed.image * number_at(
            config, ['train_dataloader', 'batch_size'], 1)
    stage = at(config, ['model', 'decode_head', 'stage'])
    # Graphs of regions take about as long as sets.
    return length * speed.on_bank.get(
        stage, max(speed.on_bank.values(), default=0.0))


def _validations(config: ConfigPart) -> int:
    length = number_at(config, ['train_cfg', 'max_iters'], 0)
    interval = number_at(config, ['train_cfg', 'val_interval'], 1)
    begin = number_at(config, ['train_cfg', 'val_begin'], 1)
    return 0 if begin > length or interval < 1 else length // interval


def _images(parts: Parts, config: ConfigPart, key: str) -> int:
    part = parts.of(at(config, [key, 'dataset']))
    return 0 if part is None else len(part.pairs)
