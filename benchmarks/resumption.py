"""Time what lets a resumed run be the same run, in one run.

    python benchmarks/resumption.py [--repeats 5] [--steps 10]

Three ratios, each as the median and the range of the repeats, in CPU time;
both sides take turns.

- seeding a step against a step of the smallest stage, the generator on sets
  of 15 classes;
- seeding the augmentations of a batch against loading the batch, eight
  photographs of VOC's size;
- putting what recursion remembers into a checkpoint against a step; it is paid
  for once for each checkpoint.
"""
from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from mmengine.registry import init_default_scope
from PIL import Image
from torch.utils.data import Dataset

from mmseg_zeroshot.datasets import KeyedInfiniteSampler, ZeroShotDataset
from mmseg_zeroshot.engine import RunStateHook, StepSeedHook
from mmseg_zeroshot.models.generators import GMMNGenerator
from mmseg_zeroshot.models.losses import mmd2

CLASSES, VECTORS, CHANNELS, DIM, BATCH = 15, 128, 256, 300, 8
SPLIT = dict(classes=['ground', 'dog', 'cat'], unseen=['cat'], name='pets')
# That of configs/_base_/datasets/images.py.
PIPELINE = [
    dict(type='LoadImageFromFile'), dict(type='LoadAnnotations'),
    dict(type='RandomResize', scale=(500, 500), ratio_range=(.5, 1.5),
         keep_ratio=True),
    dict(type='RandomCrop', crop_size=(312, 312), cat_max_ratio=.75),
    dict(type='RandomFlip', prob=.5), dict(type='PackSegInputs')]


def step_of() -> Callable[[], None]:
    """A step of the generator's training on a bank."""
    generator = GMMNGenerator(DIM, feature_dim=CHANNELS)
    optimizer = torch.optim.Adam(generator.parameters())
    real = torch.randn(CLASSES, VECTORS, CHANNELS)
    vectors = torch.randn(CLASSES, DIM)

    def step() -> None:
        optimizer.zero_grad()
        mmd2(real, generator(vectors, VECTORS), (2., 5., 10.)).sum().backward()
        optimizer.step()

    return step


def seeding() -> Callable[[], None]:
    hook, model = StepSeedHook(), torch.nn.Linear(1, 1)
    numbers = itertools.count()

    def seed() -> None:
        hook.before_train_iter(SimpleNamespace(
            seed=0, iter=next(numbers), model=model), batch_idx=0)

    return seed


class Remembering(torch.nn.Module):
    """A head that remembers the vectors of five unseen classes."""

    def __init__(self) -> None:
        super().__init__()
        self.judged = torch.randn(5, VECTORS, CHANNELS)
        self.decode_head = None

    def run_state(self) -> dict:
        return dict(judged=self.judged.cpu())

    def load_run_state(self, state: dict) -> None:
        self.judged = state['judged']


def keeping() -> Callable[[], None]:
    loader = SimpleNamespace(
        batch_size=1, batch_sampler=None, sampler=SimpleNamespace(seed=0))
    runner = SimpleNamespace(
        model=Remembering(), hooks=[], iter=1, train_dataloader=loader)
    hook = RunStateHook()
    return lambda: hook.before_save_checkpoint(runner, {})


def write_photographs(root: Path) -> None:
    rng = np.random.default_rng(0)
    for folder in ('images', 'masks'):
        (root / folder).mkdir()
    for number in range(BATCH):
        coarse = rng.integers(0, 256, (38, 50, 3), np.uint8)
        Image.fromarray(coarse).resize((500, 375)).save(
            root / f'images/{number}.jpg')
        labels = rng.integers(0, 3, (38, 50), np.uint8)
        Image.fromarray(labels).resize((500, 375), 0).save(
            root / f'masks/{number}.png')


def loading(root: Path) -> Callable[[], None]:
    """A batch of images without seeds, as PyTorch's loader takes it."""
    dataset = ZeroShotDataset(
        dict(type='BaseSegDataset', data_root=str(root),
             metainfo=dict(classes=SPLIT['classes']),
             data_prefix=dict(img_path='images', seg_map_path='masks')),
        split=SPLIT, mode='ignore', pipeline=PIPELINE)

    def load() -> None:
        for index in range(BATCH):
            dataset[index]

    return load


class Nothing(Dataset):
    """Samples that cost nothing."""

    def __len__(self) -> int:
        return BATCH

    def __getitem__(self, index: int) -> int:
        return index


def seeded_draws() -> Callable[[], None]:
    """What a batch costs beside its images: draws, seeds, states kept."""
    dataset = Nothing()
    draws = iter(KeyedInfiniteSampler(dataset, seed=0))

    def draw() -> None:
        dataset.__getitems__(list(itertools.islice(draws, BATCH)))

    return draw


def cpu_seconds(function: Callable[[], None], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        function()
    return (time.process_time() - start) / times


def report(name: str, one: Callable, other: Callable, times: int,
           repeats: int) -> None:
    """Print how large a cheap side is in percent of the other."""
    pairs = [(cpu_seconds(one, 20 * times), cpu_seconds(other, times))
             for _ in range(repeats + 1)][1:]
    shares = [100 * a / b for a, b in pairs]
    print(f'{name}: {statistics.median(shares):.2f} % '
          f'({min(shares):.2f} to {max(shares):.2f}); '
          f'{1e3 * statistics.median(a for a, _ in pairs):.3f} ms and '
          f'{1e3 * statistics.median(b for _, b in pairs):.3f} ms')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--steps', type=int, default=10,
                        help='steps, and batches, of a repeat')
    args = parser.parse_args()
    torch.set_num_threads(1)
    init_default_scope('mmseg')
    step = step_of()
    report('seeding, of a step', seeding(), step, args.steps,
           args.repeats)
    report('keeping states once, of a step', keeping(), step, args.steps,
           args.repeats)
    with tempfile.TemporaryDirectory() as root:
        write_photographs(Path(root))
        report('seeding the augmentations of a batch, of loading it',
               seeded_draws(), loading(Path(root)), args.steps, args.repeats)


if __name__ == '__main__':
    main()
