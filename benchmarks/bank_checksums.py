"""What checking a feature bank costs, against reading it.

    python benchmarks/bank_checksums.py [--megabytes 256] [--repeats 5]

A bank of noise is drawn from until nearly every block was read, as a training
does: once without checksums, as in version 0.1.0, and once with. The time of
opening it is counted. Then steps are drawn from the bank that is checked
already. Printed are ratios of CPU time, medians over turns, and the time that
the checks took in all, which comes once in a process.
"""
from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

CLASSES, WIDTH, VECTORS = 20, 256, 128


def write_bank(folder: Path, size: int) -> None:
    """Write a bank of noise, with checksums."""
    from mmseg_zeroshot.datasets.feature_bank.checksums import write_checksums
    from mmseg_zeroshot.datasets.feature_bank.stamp import (
        CHECKSUMS,
        FEATURES,
        FORMAT,
        IMAGES,
        STAMP,
        VERSION,
    )
    from mmseg_zeroshot.semantics import ClassSplit

    each = max(VECTORS, size // (2 * WIDTH * CLASSES))
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((each, WIDTH), np.float32).astype(np.float16)
    features = np.lib.format.open_memmap(
        folder / FEATURES, 'w+', np.float16, (CLASSES * each, WIDTH))
    for place in range(CLASSES):
        features[place * each:(place + 1) * each] = noise
    features.flush()
    np.save(folder / IMAGES, np.zeros(len(features), np.int32))
    write_checksums(folder, [FEATURES, IMAGES])
    names = [f'class {i}' for i in range(CLASSES + 1)]
    counts = [each] * CLASSES + [0]
    (folder / STAMP).write_text(json.dumps(dict(
        format=FORMAT, version=VERSION, checkpoint='0', config='0', data='0',
        split=ClassSplit(names, unseen=names[-1:]).to_dict(),
        split_mode='drop', palette=[], images=1, views=1, max_vectors=each,
        seed=0, shard_images=32, feature_dim=WIDTH, vectors=counts,
        pixel_counts=counts, offsets=np.cumsum([0, *counts]).tolist(),
        files={name: (folder / name).stat().st_size
               for name in (FEATURES, IMAGES, CHECKSUMS)})), 'utf-8')


def draw(folder: Path, steps: int, checked: bool) -> tuple[float, float]:
    """Return the CPU time of steps from a bank, and of as many again."""
    from mmseg_zeroshot.datasets.feature_bank.bank import FeatureBank
    from mmseg_zeroshot.datasets.feature_bank.npy_rows import NpyRows

    start = time.process_time()
    bank = FeatureBank.open(folder)
    if not checked:
        bank._rows = NpyRows(bank._rows.path)
    between = start
    for turn in range(2):
        rng = np.random.default_rng(turn)
        for _ in range(steps):
            bank.sample(range(CLASSES), VECTORS, rng)
        if not turn:
            between = time.process_time()
    return between - start, time.process_time() - between


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--megabytes', type=int, default=256)
    parser.add_argument('--repeats', type=int, default=5)
    args = parser.parse_args()
    size = args.megabytes << 20
    # Each step reads 2.5 MB: three times the bank, 95 % of its blocks.
    steps = max(1, 3 * size // (2 * CLASSES * VECTORS * WIDTH))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_bank(folder, size)
        draw(folder, steps, True)  # into the page cache
        first, later, extra = [], [], []
        for _ in range(args.repeats):
            plain = draw(folder, steps, False)
            checked = draw(folder, steps, True)
            first.append(checked[0] / plain[0])
            later.append(checked[1] / plain[1])
            extra.append(checked[0] - plain[0])
    print(f'{steps} steps from a bank of {args.megabytes} MB, which read it '
          'three times:')
    print(f'  while blocks are checked   {statistics.median(first):.2f} times '
          f'({statistics.median(extra):.2f} s in all)')
    print(f'  as many steps afterwards   {statistics.median(later):.2f} times')


if __name__ == '__main__':
    main()
