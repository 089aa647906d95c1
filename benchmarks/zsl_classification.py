"""Time the image classification tool on data of AWA's size.

    python benchmarks/zsl_classification.py [--threads 2] [--json cls.json]

30,475 images of 2,048 features, 50 classes of 85 attributes, 40 of them seen
and 13 of these for validation: random numbers in the usual two files. The
whole tool is timed, reading included, for SPNet's loss and for ALE. Target:
each trains in under two minutes on two cores.
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

import numpy as np
from scipy.io import savemat

from mmseg_zeroshot.utils import atomic_write

ROOT = Path(__file__).resolve().parents[1]
IMAGES, CHANNELS, CLASSES, ATTRIBUTES, TARGET = 30_475, 2048, 50, 85, 120


def write_files(folder: Path) -> tuple[str, str]:
    rng = np.random.default_rng(0)
    attributes = rng.random((ATTRIBUTES, CLASSES))
    labels = rng.integers(0, CLASSES, IMAGES)
    features = rng.normal(size=(CHANNELS, ATTRIBUTES)) @ attributes[:, labels]
    features += rng.normal(size=features.shape)
    seen = np.flatnonzero(labels < 40)
    validation = np.flatnonzero((labels >= 27) & (labels < 40))
    names = np.array([[f'class {i}'] for i in range(CLASSES)], object)
    places = dict(
        trainval_loc=np.setdiff1d(seen, seen[::5]), test_seen_loc=seen[::5],
        test_unseen_loc=np.flatnonzero(labels >= 40),
        train_loc=np.setdiff1d(seen, validation), val_loc=validation)
    paths = str(folder / 'res101.mat'), str(folder / 'att_splits.mat')
    savemat(paths[0], dict(
        features=np.maximum(features, 0), labels=labels[:, None] + 1.))
    savemat(paths[1], dict(
        att=attributes, allclasses_names=names,
        **{key: value[:, None] + 1. for key, value in places.items()}))
    return paths


def measure(paths: tuple[str, str], loss: str, threads: int,
            out: Path) -> dict:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, str(ROOT / 'tools/zsl_classification.py'), *paths,
         '--loss', loss, '--name', 'AWA size', '--out', str(out)],
        check=True, env=dict(os.environ, OMP_NUM_THREADS=str(threads)))
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return dict(
        seconds=time.perf_counter() - start,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_megabytes=usage.ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--json', help='file for the figures')
    args = parser.parse_args()
    figures, before = {}, 0.
    with tempfile.TemporaryDirectory() as folder:
        paths = write_files(Path(folder))
        for loss in ('spnet', 'ale'):
            row = measure(paths, loss, args.threads, Path(folder, loss))
            # The system counts all children so far.
            row['cpu_seconds'], before = (
                row['cpu_seconds'] - before, row['cpu_seconds'])
            figures[loss] = row
            verdict = 'met' if row['seconds'] < TARGET else 'MISSED'
            print(f'{loss}: {row["seconds"]:.0f} s ({row["cpu_seconds"]:.0f} '
                  f's CPU), peak memory {row["peak_megabytes"]:.0f} MB; '
                  f'target {TARGET} s: {verdict}')
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(dict(threads=args.threads, figures=figures), file,
                      indent=1)


if __name__ == '__main__':
    main()
