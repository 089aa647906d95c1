"""Time the counting of pixels against mmseg's IoUMetric, in one run.

    python benchmarks/confusion_matrix.py [--threads 1] [--json counts.json]

Label maps of 500x500 pixels in blobs of 20 pixels, with a border that is not
scored, for 21 and 171 classes. Timed in turns: `IoUMetric.process`; one
`confusion_matrix` added to a total; `ZeroShotIoUMetric.process` with what
mmseg's metric is given; and the same with the logits, from which it also
takes the vanilla scores (no part of the target). Ratios are medians over the
turns. Target: the accumulation costs at most a quarter of
`IoUMetric.process`.
"""
from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

import torch
from mmseg.evaluation.metrics import IoUMetric

from mmseg_zeroshot.evaluation import ZeroShotIoUMetric, confusion_matrix
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import atomic_write

SIZE, BLOB, TARGET = 500, 20, 0.25


def blobs(classes: int, generator: torch.Generator) -> torch.Tensor:
    """A label map of square blobs."""
    small = torch.randint(
        0, classes, (SIZE // BLOB, SIZE // BLOB), generator=generator)
    return small.repeat_interleave(BLOB, 0).repeat_interleave(BLOB, 1)


def make_sample(classes: int) -> dict:
    """A sample whose prediction is right on three pixels in four."""
    generator = torch.Generator().manual_seed(classes)
    label = blobs(classes, generator)
    logits = torch.randn((classes, SIZE, SIZE), generator=generator)
    logits.scatter_add_(0, label[None], torch.full((1, SIZE, SIZE), 3.5))
    label[:10] = 255
    return dict(
        pred_sem_seg=dict(data=logits.argmax(0)[None]),
        gt_sem_seg=dict(data=label[None]),
        seg_logits=dict(data=logits), img_path='x.jpg')


def contenders(classes: int) -> dict[str, Callable[[], object]]:
    """The calls that are compared."""
    names = [f'class {i}' for i in range(classes)]
    split = ClassSplit(names, unseen=names[5::10])
    meta = dict(classes=names, split=split.to_dict())
    theirs, ours, lean = IoUMetric(), ZeroShotIoUMetric(), ZeroShotIoUMetric()
    theirs.dataset_meta = ours.dataset_meta = lean.dataset_meta = meta
    sample = make_sample(classes)
    plain = {k: v for k, v in sample.items() if k != 'seg_logits'}
    prediction, label = (sample[key]['data'][0]
                         for key in ('pred_sem_seg', 'gt_sem_seg'))
    total = torch.zeros((classes, classes), dtype=torch.int64)
    return {
        'IoUMetric.process': lambda: theirs.process(None, [sample]),
        'accumulation': lambda: total.add_(
            confusion_matrix(prediction, label, classes)),
        'ZeroShotIoUMetric': lambda: lean.process(None, [plain]),
        'ZeroShotIoUMetric, vanilla too': lambda: ours.process(
            None, [sample]),
    }


def seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure(classes: int, repeats: int) -> dict:
    calls = contenders(classes)
    for call in calls.values():
        call()
    turns = [{name: seconds(call) for name, call in calls.items()}
             for _ in range(repeats)]
    base = 'IoUMetric.process'
    return {
        name: dict(
            milliseconds=1e3 * statistics.median(t[name] for t in turns),
            ratio=statistics.median(t[name] / t[base] for t in turns))
        for name in calls
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--repeats', type=int, default=50)
    parser.add_argument('--json', help='file for the figures')
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    figures = {}
    for classes in (21, 171):
        figures[str(classes)] = results = measure(classes, args.repeats)
        print(f'{classes} classes, {SIZE}x{SIZE}:')
        for name, row in results.items():
            print(f'  {name:32s} {row["milliseconds"]:8.2f} ms  '
                  f'x {row["ratio"]:.3f}')
        ratio = results['accumulation']['ratio']
        verdict = 'met' if ratio <= TARGET else 'MISSED'
        print(f'  target x {TARGET}: {verdict}')
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(dict(threads=args.threads, figures=figures), file,
                      indent=1)


if __name__ == '__main__':
    main()
