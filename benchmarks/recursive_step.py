"""Time and memory of a recursive step from a bank, against a ZS3Net step.

    python benchmarks/recursive_step.py [--threads 1] [--repeats 15]

VOC's 21 classes with K = 2 and K = 10 unseen ones, 128 real and 128 generated
vectors of 256 for each, class vectors of 300: a joint step (generator and
classifier, forward, backward, Adam) with the ZS-MMD loss and without. Every
generated vector is taken for its class, so that recursion has the most to
do. Times are CPU time, in turns; the ratio is their median. Peak memory is
that of a process of its own for each side.
"""
from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time

import numpy as np
import torch

import mmseg_zeroshot  # noqa: F401  (registers the types)
from mmseg_zeroshot import ClassEmbeddings
from mmseg_zeroshot.models import FeatureSets, GeneratorRetrainedHead
from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.utils import atomic_write

VECTORS, WIDTH, DIM = 128, 256, 300
HOST = dict(type='FCNHead', in_channels=8, in_index=0, channels=WIDTH,
            num_convs=1, concat_input=False, norm_cfg=dict(type='BN'))


class Step:
    """A training step on the sets of a bank."""

    def __init__(self, unseen: int, recursive: bool) -> None:
        torch.manual_seed(0)
        split = build_split(f'voc12-zs3-k{unseen}')
        vectors = np.random.default_rng(0).normal(
            size=(split.num_classes, DIM)).astype(np.float32)
        recursion = dict(type='ZSMMDLoss', weighting='normalized', tau=.7)
        self.head = GeneratorRetrainedHead(
            HOST, split=split, stage='joint', num_vectors=VECTORS,
            embeddings=ClassEmbeddings(split.classes, vectors),
            generator=dict(type='GMMNGenerator'),
            recursion=recursion if recursive else None)
        if recursive:  # as confident as can be
            self.head.recursion.confidence = lambda logits, ids: (
                torch.full(logits.shape[:2], .9))
        seen = len(split.seen_ids)
        self.sets = FeatureSets(
            torch.randn(seen, VECTORS, WIDTH), torch.tensor(split.seen_ids),
            torch.full((seen, ), 1 / seen))
        self.optimizer = torch.optim.Adam(
            [p for n, p in self.head.named_parameters()
             if not n.startswith('host')], lr=2e-4)

    def __call__(self) -> float:
        start = time.process_time()
        losses = self.head.loss_of_sets(self.sets)
        sum(v for k, v in losses.items() if 'loss' in k).backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return time.process_time() - start


def peak_memory(unseen: int, recursive: bool) -> float:
    """Return the peak megabytes of a process that takes ten steps."""
    done = subprocess.run(
        [sys.executable, __file__, '--one', str(unseen), str(int(recursive))],
        capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def compare(unseen: int, repeats: int) -> dict[str, float]:
    """Time both sides in turns."""
    plain, recursive = Step(unseen, False), Step(unseen, True)
    times = [(plain(), recursive()) for _ in range(repeats + 2)][2:]
    memory = [peak_memory(unseen, side) for side in (False, True)]
    return dict(
        zs3net_ms=1e3 * statistics.median(a for a, _ in times),
        recursive_ms=1e3 * statistics.median(b for _, b in times),
        ratio=statistics.median(b / a for a, b in times),
        zs3net_mb=memory[0], recursive_mb=memory[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--repeats', type=int, default=15)
    parser.add_argument('--json')
    parser.add_argument('--one', type=int, nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.one:
        step = Step(args.one[0], bool(args.one[1]))
        for _ in range(10):
            step()
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    results = {f'k{k}': compare(k, args.repeats) for k in (2, 10)}
    for name, row in results.items():
        print(f'{name}: ZS3Net {row["zs3net_ms"]:.1f} ms, recursive '
              f'{row["recursive_ms"]:.1f} ms, {row["ratio"]:.2f} times; '
              f'{row["zs3net_mb"]:.0f} and {row["recursive_mb"]:.0f} MB')
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(results, file, indent=1)


if __name__ == '__main__':
    main()
