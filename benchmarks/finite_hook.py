"""Time of training iterations with `FiniteHook` against without, in one run.

    python benchmarks/finite_hook.py [--threads 1] [--repeats 5]
        [--iterations 50]

Two trainings: SPNet's CPU network on two images of 96 x 96, and ZS3Net's
classifier (stage 2) on the sets of a bank, whose iteration is the shortest of
all. Blocks of iterations with and without the hook come in turns; a block is
as long as the hook's interval, so one look at all weights is part of it. Both
sides read the losses as MMEngine's RuntimeInfoHook does. Times are CPU time;
the ratio is their median.
"""
from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from mmengine.config import Config
from mmengine.hooks import RuntimeInfoHook
from mmengine.logging import MessageHub
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample

import mmseg_zeroshot  # noqa: F401  (registers the types)
from mmseg_zeroshot.engine import FiniteHook
from mmseg_zeroshot.utils import atomic_write

CONFIGS = Path(__file__).resolve().parents[1] / 'configs'
NETWORK = 'deeplabv3plus-r18-w32_1xb{}-1k_compositions-k8{}.py'
IMAGES = 'spnet/spnet_' + NETWORK.format(16, '-96x96')
BANK = 'zs3net/zs3net-s2_' + NETWORK.format(1, '')


def image_batch(model: Any) -> dict[str, Any]:
    """Two noisy images whose label is the first seen class."""
    label = torch.full((1, 96, 96), model.decode_head.split.seen_ids[0])
    samples = [SegDataSample(gt_sem_seg=PixelData(data=label.clone()))
               for _ in range(2)]
    images = [torch.randint(0, 256, (3, 96, 96), dtype=torch.uint8)
              for _ in range(2)]
    return dict(inputs=images, data_samples=samples)


def bank_batch(model: Any) -> dict[str, Any]:
    """A set of 64 vectors for each seen class."""
    head = model.decode_head
    seen = torch.tensor(head.split.seen_ids)
    return dict(
        features=torch.randn(1, len(seen), 64, head.feature_channels),
        class_ids=seen[None], frequency=torch.full((1, len(seen)),
                                                   1 / len(seen)))


class Training:
    """What a runner's loop does in an iteration, without loading data."""

    def __init__(self, config: str, make_batch: Any, interval: int) -> None:
        torch.manual_seed(0)
        self.model = MODELS.build(Config.fromfile(CONFIGS / config).model)
        self.model.train()
        self.batch = make_batch(self.model)
        self.wrapper = OptimWrapper(torch.optim.Adam(
            [p for p in self.model.parameters() if p.requires_grad], lr=1e-4))
        self.runner: Any = SimpleNamespace(
            model=self.model, hooks=[], work_dir='.', iter=0, max_iters=-1,
            message_hub=MessageHub.get_instance(config))
        self.hook = FiniteHook(interval)

    def block(self, iterations: int, guarded: bool) -> float:
        """Return the CPU time of some iterations."""
        hooks = [RuntimeInfoHook(), *([self.hook] if guarded else [])]
        self.runner.iter = 0
        start = time.process_time()
        for i in range(iterations):
            outputs = self.model.train_step(self.batch, self.wrapper)
            for hook in hooks:
                hook.after_train_iter(self.runner, i, self.batch, outputs)
            self.runner.iter += 1
        return time.process_time() - start


def compare(training: Training, repeats: int,
            iterations: int) -> dict[str, float]:
    """Time both sides in turns; the first goes first every other time."""
    times: list[tuple[float, float]] = []
    for turn in range(repeats + 1):
        order = (False, True) if turn % 2 else (True, False)
        spent = {side: training.block(iterations, side) for side in order}
        times.append((spent[False], spent[True]))
    times = times[1:]
    return dict(
        plain_ms=1e3 * statistics.median(a for a, _ in times) / iterations,
        guarded_ms=1e3 * statistics.median(b for _, b in times) / iterations,
        ratio=statistics.median(b / a for a, b in times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--iterations', type=int, default=50)
    parser.add_argument('--json')
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    init_default_scope('mmseg')
    results = {}
    for name, config, make_batch in (('images', IMAGES, image_batch),
                                     ('bank', BANK, bank_batch)):
        row = compare(Training(config, make_batch, args.iterations),
                      args.repeats, args.iterations)
        results[name] = row
        print(f'{name}: {row["plain_ms"]:.2f} ms, with the hook '
              f'{row["guarded_ms"]:.2f} ms, {row["ratio"]:.3f} times')
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(results, file, indent=1)


if __name__ == '__main__':
    main()
