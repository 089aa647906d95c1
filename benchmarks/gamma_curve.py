"""Time a whole gamma curve against plain evaluations, in one run.

    python benchmarks/gamma_curve.py [--threads 1] [--json curve.json]

An evaluation passes an image of 500x500 pixels through the network (a
128-channel DeepLabv3+ on EfficientNet-Lite0, untrained), decides at the
image's own size and counts with `ZeroShotIoUMetric`. For 21 and 171 classes:

- `one evaluation`: what `mmseg-zeroshot test` does, at gamma .5, as each of
  the 21;
- `one at gamma 0`: the same where the decision is a plain argmax;
- `21 evaluations`: at gamma 0, .05, … 1 (once);
- `whole curve`: what `mmseg-zeroshot calibrate` does, the pass at gamma 0 and
  `GammaCurve.update_logits` for 101 values of gamma.

Ratios to one evaluation, and of the curve to the cheaper one at gamma 0, are
medians over turns. Target: the curve costs at most 1.2 times one evaluation.
On a machine that does other work take `--cpu-time`. The rows `without the
network` start from the same scores. Before anything is timed, the matrices of
21 evaluations are compared with the curve's.
"""
from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from mmengine.config import ConfigDict
from mmengine.registry import init_default_scope
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample

from mmseg_zeroshot import ClassEmbeddings, ClassSplit, GammaCurve
from mmseg_zeroshot.evaluation import ZeroShotIoUMetric, confusion_matrix
from mmseg_zeroshot.utils import atomic_write, calibrated_prediction

SIZE, TARGET = 500, 1.2
GAMMAS = np.linspace(0, 1, 21)


def make_model(split: ClassSplit) -> torch.nn.Module:
    """A segmentor with random weights and class vectors."""
    vectors = np.random.default_rng(0).normal(size=(split.num_classes, 50))
    host = dict(
        type='DepthwiseSeparableASPPHead', in_channels=320, in_index=3,
        channels=128, dilations=(1, 3, 6, 9), c1_in_channels=24,
        c1_channels=32, norm_cfg=dict(type='BN'))
    model = MODELS.build(ConfigDict(
        type='ZeroShotSegmentor',
        data_preprocessor=dict(type='SegDataPreProcessor'),
        backbone=dict(type='EfficientNetLite', arch='lite0'),
        decode_head=dict(
            type='SemanticProjectionHead', host=host, split=split,
            embeddings=ClassEmbeddings(split.classes, vectors)),
        test_cfg=dict(mode='whole')))
    torch.nn.init.normal_(model.decode_head.projection.weight, std=1.)
    return model.eval()


def make_batch(classes: int) -> dict:
    """A noise image and a label map of blobs with a border not scored."""
    generator = torch.Generator().manual_seed(classes)
    small = torch.randint(0, classes, (25, 25), generator=generator)
    label = small.repeat_interleave(20, 0).repeat_interleave(20, 1)
    label[:10] = 255
    size = (SIZE, SIZE)
    sample = SegDataSample(
        gt_sem_seg=PixelData(data=label[None]),
        metainfo=dict(ori_shape=size, img_shape=size, pad_shape=size))
    image = torch.randint(0, 256, (3, *size), generator=generator)
    return dict(inputs=[image], data_samples=[sample])


class Case:
    """One number of classes: the things that are timed."""

    def __init__(self, classes: int) -> None:
        names = [f'class {i}' for i in range(classes)]
        self.split = ClassSplit(names, unseen=names[5::10])
        self.model = make_model(self.split)
        self.batch = make_batch(classes)
        self.metric = ZeroShotIoUMetric()
        self.metric.dataset_meta = dict(split=self.split.to_dict())
        self.curve = GammaCurve(self.split)
        sample = self.network(0)
        self.logits = sample['seg_logits']['data']
        self.winner = sample['pred_sem_seg']['data'][0]
        self.label = self.batch['data_samples'][0].gt_sem_seg.data

    def network(self, gamma: float) -> dict:
        self.model.decode_head.gamma = gamma
        with torch.no_grad():
            return self.model.test_step(self.batch)[0].to_dict()

    def evaluate(self, gamma: float) -> None:
        self.metric.process(None, [self.network(gamma)])

    def whole_curve(self) -> None:
        sample = self.network(0)
        self.count_curve(sample['seg_logits']['data'],
                         sample['pred_sem_seg']['data'][0])

    def count(self, gamma: float) -> None:
        decision = calibrated_prediction(
            self.logits, self.split.seen_ids, gamma)
        self.metric.process(None, [dict(
            pred_sem_seg=dict(data=decision[None]),
            gt_sem_seg=dict(data=self.label),
            seg_logits=dict(data=self.logits))])

    def count_curve(self, logits: torch.Tensor,
                    winner: torch.Tensor) -> None:
        self.curve.update_logits(logits, self.label[0], winner)

    def check(self) -> None:
        """The curve is exact."""
        curve = GammaCurve(self.split)
        curve.update_logits(self.logits, self.label[0])
        for gamma in GAMMAS:
            decision = self.network(gamma)['pred_sem_seg']['data'][0]
            np.testing.assert_array_equal(
                curve.confusion(gamma), confusion_matrix(
                    decision, self.label[0], self.split.num_classes),
                f'gamma {gamma}')


def seconds(clock: Callable[[], float], function: Callable[..., object],
            *args) -> float:
    start = clock()
    function(*args)
    return clock() - start


def measure(classes: int, repeats: int,
            clock: Callable[[], float]) -> dict:
    case = Case(classes)
    case.check()
    calls = {
        'one evaluation': lambda: case.evaluate(.5),
        'one at gamma 0': lambda: case.evaluate(0),
        'whole curve': case.whole_curve,
        'without the network, one': lambda: case.count(.5),
        'without the network, gamma 0': lambda: case.count(0),
        'without the network, curve': lambda: case.count_curve(
            case.logits, case.winner),
    }
    turns = [{name: seconds(clock, call) for name, call in calls.items()}
             for _ in range(repeats)]
    times = {name: statistics.median(t[name] for t in turns)
             for name in calls}
    times['21 evaluations'] = sum(
        seconds(clock, case.evaluate, gamma) for gamma in GAMMAS)
    ratios = {name: statistics.median(
        t[name] / t['one evaluation'] for t in turns) for name in calls}
    ratios['whole curve to gamma 0'] = statistics.median(
        t['whole curve'] / t['one at gamma 0'] for t in turns)
    times['whole curve to gamma 0'] = times['whole curve']
    ratios['21 evaluations'] = times['21 evaluations'] / times[
        'one evaluation']
    return {name: dict(milliseconds=1e3 * times[name], ratio=ratios[name])
            for name in times}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--repeats', type=int, default=7)
    parser.add_argument(
        '--cpu-time', action='store_true',
        help='CPU seconds of this process instead of wall-clock seconds')
    parser.add_argument('--json', help='file for the figures')
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    init_default_scope('mmseg')
    clock = time.process_time if args.cpu_time else time.perf_counter
    figures = {}
    for classes in (21, 171):
        figures[str(classes)] = results = measure(
            classes, args.repeats, clock)
        print(f'{classes} classes, {SIZE}x{SIZE}:')
        for name, row in results.items():
            print(f'  {name:32s} {row["milliseconds"]:9.1f} ms  '
                  f'x {row["ratio"]:.2f}')
        ratio = results['whole curve']['ratio']
        verdict = 'met' if ratio <= TARGET else 'MISSED'
        print(f'  target x {TARGET}: {verdict}')
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(dict(threads=args.threads, cpu_time=args.cpu_time,
                           figures=figures), file,
                      indent=1)


if __name__ == '__main__':
    main()
