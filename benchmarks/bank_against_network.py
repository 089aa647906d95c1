"""Time ZS3Net's stages 1 and 2 from a feature bank against the frozen network.

    python benchmarks/bank_against_network.py JOINT STAGE_1 STAGE_2 \
        STAGE_0.pth [--epochs 30] [--json FILE]

The same ZS3Net on the same data by three configs. Without a bank every batch
goes through the network (`zs3net-joint`), and its classifier sees so many
feature vectors; from the bank, built in full and counted, stages 1 and 2 train
on as many. The bank is built in a process of its own; a sample of the
steps is timed, in turns, and multiplied up. Times are CPU time of one thread.
Beside it, the largest resident memory of a process that runs both steps.
"""
from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.runner import Runner

import mmseg_zeroshot  # noqa: F401  (configs need it)
from mmseg_zeroshot.utils import atomic_write

ROOT = Path(__file__).resolve().parents[1]


class Steps:
    """Training steps of a config, outside a training loop.

    Args:
        config: Its file.
        folder: Work dir.
        changes: More keys of the config.
    """

    def __init__(self, config: str, folder: str,
                 changes: Mapping[str, Any]) -> None:
        cfg = Config.fromfile(config)
        cfg.merge_from_dict({
            'work_dir': folder,
            'load_from': None,
            'default_hooks.checkpoint': None,
            'log_level': 'ERROR',
            'train_dataloader.num_workers': 0,
            'train_dataloader.persistent_workers': False,
            **changes,
        })
        runner = Runner.from_cfg(cfg)
        self.model: Any = runner.model.train()
        self.loader = runner.build_dataloader(cfg.train_dataloader)
        self.batches: Iterator[Any] = iter(self.loader)
        self.optimizer = runner.build_optim_wrapper(cfg.optim_wrapper)

    def run(self, count: int) -> float:
        """Run steps; return the CPU seconds of one."""
        start = time.process_time()
        for _ in range(count):
            self.model.train_step(next(self.batches), self.optimizer)
        return (time.process_time() - start) / count

    def vectors(self, count: int) -> float:
        """Return how many real vectors the classifier sees in a step."""
        seen = []
        head = self.model.decode_head
        handle = head.loss_of_sets

        def counted(sets: Any) -> Any:
            seen.append(sets.features[..., 0].numel())
            return handle(sets)

        head.loss_of_sets = counted
        self.run(count)
        head.loss_of_sets = handle
        return sum(seen) / len(seen)


def build_bank(config: str, checkpoint: str, folder: str) -> float:
    """Build a bank; return the CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([
        sys.executable, str(ROOT / 'tools' / 'build_feature_bank.py'),
        config, checkpoint, '--out', folder, '--workers', '0'], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime
            - before.ru_utime - before.ru_stime)


def memory() -> float:
    """Largest resident memory of this process so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def measure(joint: str, stage_1: str, stage_2: str, checkpoint: str,
            epochs: int, repeats: int) -> dict[str, float]:
    """Return times in seconds, their ratio, and memory."""
    with tempfile.TemporaryDirectory() as folder:
        building = build_bank(stage_1, checkpoint, f'{folder}/bank')
        bank = {'train_dataloader.dataset.bank': f'{folder}/bank'}
        generator = Steps(stage_1, folder, bank)
        classifier = Steps(stage_2, folder, bank)
        of_bank = classifier.vectors(20)
        generator.run(20)
        peak = memory()  # before the network's own steps
        network = Steps(joint, folder, {})
        of_network = network.vectors(3)
        times = [[network.run(3), generator.run(100), classifier.run(100)]
                 for _ in range(repeats)]
    steps = epochs * len(network.loader.dataset) / 8
    online, *from_bank = (sorted(column)[repeats // 2]
                          for column in zip(*times))
    bank_steps = steps * of_network / of_bank
    total = building + bank_steps * sum(from_bank)
    return dict(
        network_step_s=online, generator_step_s=from_bank[0],
        classifier_step_s=from_bank[1], vectors_of_network_step=of_network,
        vectors_of_bank_step=of_bank, building_s=building,
        network_s=online * steps, bank_s=total,
        ratio=online * steps / total, peak_gb=peak)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, text in (('joint', 'config of joint training'),
                       ('stage_1', 'config of stage 1'),
                       ('stage_2', 'config of stage 2'),
                       ('checkpoint', "stage 0's")):
        parser.add_argument(name, help=text)
    parser.add_argument('--epochs', type=int, default=30)
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--json')
    args = parser.parse_args()
    torch.set_num_threads(1)
    result = measure(args.joint, args.stage_1, args.stage_2, args.checkpoint,
                     args.epochs, args.repeats)
    for name, value in result.items():
        print(f'{name} {value:.4g}')
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(result, file, indent=1)


if __name__ == '__main__':
    main()
