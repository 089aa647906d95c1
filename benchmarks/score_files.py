"""Time and memory of scoring saved masks, in one run.

    python benchmarks/score_files.py [--images 1449] [--json score.json]

Masks of 500x375 pixels and 21 classes, as palette PNG files with an ignored
border around every object, as VOC's are. Timed in turns, with as many threads:
reading and decoding all files, and `score_folder`, which reads and decodes
them too. Then, in one thread on decoded pairs: mmseg's `IoUMetric.process`
against our counting. Peak memory is that of `mmseg-zeroshot score` in a
process of its own, for all images and for a quarter of them (Linux only).
Times are CPU times of all threads.

Targets: 1.3 times the decoding, a fifth of IoUMetric, 250 MB.
"""
from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from mmseg_zeroshot import score_folder
from mmseg_zeroshot.scoring.label_pass import LabelPass
from mmseg_zeroshot.scoring.pairing import Pairs
from mmseg_zeroshot.scoring.reading import PREDICTIONS, TRUTH, Reading
from mmseg_zeroshot.scoring.sides import LabelFiles, LabelMap
from mmseg_zeroshot.scoring.sources import open_source
from mmseg_zeroshot.semantics import get_split
from mmseg_zeroshot.utils import atomic_write

SPLIT, SIZE = 'voc12-zs3-k4', (375, 500)
TARGETS = dict(decoding=1.3, counting=0.2, megabytes=250)


def draw(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two label maps: objects with borders, and a prediction of them."""
    y, x = np.ogrid[:SIZE[0], :SIZE[1]]
    truth, guess = np.zeros((2, *SIZE), np.uint8)
    for _ in range(random.integers(1, 5)):
        middle, radii = random.random(2) * SIZE, 30 + 120 * random.random(2)
        waves = 1 + 0.15 * np.sin(np.arctan2(y - middle[0], x - middle[1])
                                  * random.integers(3, 9))
        distance = np.hypot((y - middle[0]) / radii[0],
                            (x - middle[1]) / radii[1]) / waves
        kind = random.integers(1, 21)
        truth[distance < 1.05] = 255
        truth[distance < 1] = kind
        right = random.random() < 0.8
        guess[distance < random.uniform(0.8, 1.2)] = (
            kind if right else random.integers(1, 21))
    return truth, guess


def write(root: Path, images: int) -> tuple[Path, Path]:
    """Write the two folders."""
    random = np.random.default_rng(0)
    colours = random.integers(0, 256, 768).tolist()
    sides = root / 'truth', root / 'guess'
    for side in sides:
        side.mkdir()
    for number in range(images):
        for side, ids in zip(sides, draw(random)):
            image = Image.fromarray(ids)
            image.putpalette(colours)
            image.save(side / f'{number:05d}.png')
    return sides


def decode(sides: Sequence[Path], jobs: int) -> None:
    """Read and decode all files."""
    with ThreadPoolExecutor(jobs) as pool:
        for side in sides:
            files = LabelFiles(open_source(side))
            for _ in pool.map(files.load, files.names):
                pass


class Decoded:
    """Label maps in memory."""

    place = 'memory'

    def __init__(self, maps: dict[str, np.ndarray]) -> None:
        self.maps, self.names = maps, list(maps)

    def load(self, name: str) -> LabelMap:
        return LabelMap(self.maps[name], '')


def counters(images: int) -> dict[str, Callable[[], object]]:
    """Our counting and mmseg's, of the same decoded pairs."""
    import torch
    from mmseg.evaluation.metrics import IoUMetric
    random = np.random.default_rng(1)
    pairs = [draw(random) for _ in range(images)]
    split = get_split(SPLIT)
    sides = [Decoded({f'{i}': pair[side] for i, pair in enumerate(pairs)})
             for side in (0, 1)]
    ours = LabelPass(*sides, Reading().of(split, TRUTH).ids,
                     Reading().of(split, PREDICTIONS).ids, split.unseen_ids)
    names = Pairs({name: (name, name) for name in sides[0].names})
    theirs = IoUMetric()
    theirs.dataset_meta = dict(classes=split.classes)
    samples = [dict(
        pred_sem_seg=dict(data=torch.from_numpy(guess)[None].long()),
        gt_sem_seg=dict(data=torch.from_numpy(truth)[None].long()),
        img_path='x.jpg') for truth, guess in pairs]
    return dict(
        ours=lambda: ours.run(names, jobs=1),
        IoUMetric=lambda: [theirs.process({}, [one]) for one in samples])


def seconds(function: Callable[[], object]) -> float:
    """CPU time, of all threads."""
    start = time.process_time()
    function()
    return time.process_time() - start


def ratio(calls: Sequence[Callable[[], object]],
          repeats: int) -> dict[str, float]:
    """Seconds of two calls in turns, and the median of their ratios."""
    turns = [[seconds(call) for call in calls] for _ in range(repeats)]
    first, second = (statistics.median(turn) for turn in zip(*turns))
    return dict(first=first, second=second,
                ratio=statistics.median(a / b for a, b in turns))


def megabytes(sides: Sequence[Path], listed: Sequence[str],
              root: Path) -> float:
    """Peak memory of the command on some of the images."""
    (root / 'list.txt').write_text('\n'.join(listed))
    code = (
        'from pathlib import Path\nfrom mmseg_zeroshot.cli import main\n'
        f'main(["score", {str(sides[1])!r}, "--truth", {str(sides[0])!r}, '
        f'"--split", {SPLIT!r}, "--method", "x", "--list", '
        f'{str(root / "list.txt")!r}, "--out", {str(root / "r.json")!r}])\n'
        'status = Path("/proc/self/status").read_text()\n'
        'print(status.split("VmHWM:")[1].split()[0])')
    done = subprocess.run([sys.executable, '-c', code], check=True,
                          capture_output=True, text=True)
    return int(done.stdout.split()[-1]) / 1024


def measure(args: argparse.Namespace, root: Path) -> dict[str, object]:
    sides = write(root, args.images)

    def score() -> object:
        return score_folder(sides[1], sides[0], SPLIT, method='x',
                            jobs=args.jobs)

    names = [f'{number:05d}' for number in range(args.images)]
    few = max(4, args.images // 4)
    return dict(
        decoding=ratio([score, lambda: decode(sides, args.jobs)],
                       args.repeats),
        counting=ratio(list(counters(args.pairs).values()), args.repeats),
        megabytes=megabytes(sides, names, root),
        megabytes_of_a_quarter=megabytes(sides, names[:few], root))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--images', type=int, default=1449)
    parser.add_argument('--pairs', type=int, default=60,
                        help='decoded pairs for IoUMetric')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--json', help='file for the figures')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        figures = measure(args, Path(root))
    for what, against in (('decoding', 'decoding the files'),
                          ('counting', 'IoUMetric on decoded pairs')):
        row = figures[what]
        assert isinstance(row, dict)
        print(f'{row["first"]:.2f} s against {row["second"]:.2f} s of '
              f'{against}, CPU time: x {row["ratio"]:.3f} (target '
              f'{TARGETS[what]})')
    print(f'peak memory {figures["megabytes"]:.0f} MB, of a quarter of the '
          f'images {figures["megabytes_of_a_quarter"]:.0f} MB (target '
          f'{TARGETS["megabytes"]})')
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(dict(vars(args), figures=figures), file, indent=1)


if __name__ == '__main__':
    main()
