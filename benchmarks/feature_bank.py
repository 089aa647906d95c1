"""Speed and memory of a feature bank: sampling, and merging shards.

Writes the shards of a synthetic bank of about a gigabyte to a temporary
folder, merges them and draws training steps, each part in a process of its
own whose peak resident memory is printed. Sampling is timed with the file in
the page cache and, on Linux, without; beside it, what the bank could do
instead: single random rows, and through the memory map.

    python benchmarks/feature_bank.py [--gigabytes 1] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
CLASSES, WIDTH, VECTORS = 20, 256, 128
ROWS = 32 * 3 * VECTORS  # of a shard: 32 images of three classes


def stamp(images: int) -> dict[str, Any]:
    """The stamp of a build on VOC, with nothing behind it."""
    from mmseg_zeroshot.datasets.feature_bank.stamp import FORMAT, VERSION
    from mmseg_zeroshot.semantics import ClassSplit
    names = [f'class {i}' for i in range(CLASSES + 1)]
    return dict(
        format=FORMAT, version=VERSION, checkpoint='0', config='0', data='0',
        split=ClassSplit(names, unseen=names[-1:]).to_dict(),
        split_mode='drop', palette=[], images=images, views=1,
        max_vectors=VECTORS, seed=0, shard_images=32)


def plan_of(folder: Path, size: int) -> Any:
    """The shards of a bank of ``size`` bytes."""
    from mmseg_zeroshot.datasets.feature_bank.shards import ShardPlan
    shards = max(1, size // (ROWS * WIDTH * 2))
    return ShardPlan(folder / 'bank.shards', stamp(32 * shards), 8)


def write(folder: Path, size: int) -> dict[str, float]:
    """Write the shards."""
    plan = plan_of(folder, size)
    plan.folder.mkdir()
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((ROWS, WIDTH), np.float32).astype(np.float16)
    for i in range(plan.count):
        # The commonest class is in every image, as VOC's background.
        ids = np.repeat(np.where(np.arange(96) % 3, rng.integers(
            1, CLASSES, 96), 0), VECTORS).astype(np.uint8)
        np.savez(plan.path(i), features=noise, class_ids=ids,
                 images=np.repeat(plan.images(i).astype(np.int32),
                                  3 * VECTORS),
                 pixel_counts=np.bincount(ids, minlength=CLASSES + 1) * 50)
    return dict(shards=plan.count)


def merge(folder: Path, size: int) -> dict[str, float]:
    """Merge the shards into a bank."""
    from mmseg_zeroshot.datasets.feature_bank.merge import merge_shards
    start = time.perf_counter()
    merged = merge_shards(plan_of(folder, size), folder / 'bank')
    seconds = time.perf_counter() - start
    size = merged['files']['features.npy']
    return dict(bank_mb=size / 1e6, seconds=seconds,
                mb_per_s=size / 1e6 / seconds)


def idle(folder: Path, size: int) -> dict[str, float]:
    """Import what the others import."""
    import mmseg_zeroshot.datasets  # noqa: F401
    return {}


def sample(folder: Path, size: int) -> dict[str, float]:
    """Draw steps as training does."""
    from mmseg_zeroshot.datasets import FeatureBankDataset
    dataset = FeatureBankDataset(folder / 'bank', stamp(1)['split'],
                                 num_vectors=VECTORS)
    return {name: rate(lambda i: dataset[i], folder, cold)
            for name, cold in (('cold', True), ('warm', False))}


def loader(folder: Path, size: int) -> dict[str, float]:
    """Draw steps through a loader with two processes."""
    from torch.utils.data import DataLoader

    from mmseg_zeroshot.datasets import FeatureBankDataset
    dataset = FeatureBankDataset(folder / 'bank', stamp(1)['split'],
                                 num_vectors=VECTORS)
    steps = iter(DataLoader(dataset, batch_size=1, num_workers=2))
    next(steps)
    return dict(warm=rate(lambda i: next(steps), folder, False))


def rows(folder: Path, size: int) -> dict[str, float]:
    """The same number of single random rows, through the memory map."""
    return _mapped(folder, 1)


def mapped(folder: Path, size: int) -> dict[str, float]:
    """Runs of 32 rows through the memory map."""
    return _mapped(folder, 32)


def _mapped(folder: Path, run: int) -> dict[str, float]:
    from mmseg_zeroshot.datasets import FeatureBank
    bank = FeatureBank.open(folder / 'bank')
    first, count = bank.offsets[:CLASSES, None], bank.vectors[:CLASSES, None]

    def draw(index: int) -> np.ndarray:
        rng = np.random.default_rng([0, index])
        starts = rng.integers(0, count, (CLASSES, VECTORS // run))
        inside = (starts[..., None] + np.arange(run)) % count[..., None]
        return bank.features[first[..., None] + inside]
    return {name: rate(draw, folder, cold)
            for name, cold in (('cold', True), ('warm', False))}


def rate(draw: Any, folder: Path, cold: bool) -> float:
    """Steps per second of half a second at least; -1 if unknown."""
    path = folder / 'bank/features.npy'
    if cold:
        if not hasattr(os, 'posix_fadvise'):
            return -1
        with path.open('rb') as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    else:
        with path.open('rb') as file:
            while file.read(1 << 24):
                pass
    done, start = 0, time.perf_counter()
    while done < 20 or time.perf_counter() - start < 2:
        draw(done)
        done += 1
        if cold and done == 40:
            break  # Later steps would find pages of earlier ones.
    return done / (time.perf_counter() - start)


PARTS = dict(write=write, idle=idle, merge=merge, sample=sample,
             loader=loader, mapped=mapped, rows=rows)


def in_process(part: str, folder: Path, size: int) -> dict[str, float]:
    """Run one part in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, '--part', part, '--folder', str(folder),
         '--gigabytes', str(size / 1e9)], stdout=subprocess.PIPE, check=True,
        cwd=ROOT, env={**os.environ, 'PYTHONPATH': str(ROOT)})
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    """Measure and print a table and JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--gigabytes', type=float, default=1.0)
    parser.add_argument('--json', type=Path, help='also write it here')
    parser.add_argument('--part', choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument('--folder', type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    size = int(args.gigabytes * 1e9)
    if args.part:
        result = PARTS[args.part](args.folder, size)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        unit = 1e6 if sys.platform == 'darwin' else 1e3
        print(json.dumps(dict(result, peak_mb=peak / unit)))
        return 0
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for part in PARTS:
            results[part] = in_process(part, Path(folder), size)
            values = '  '.join(f'{k} {v:.0f}'
                               for k, v in results[part].items())
            print(f'{part:8} {values}', flush=True)
    text = json.dumps(results)
    print(text)
    if args.json:
        args.json.write_text(text + '\n', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
