"""Time pseudo-labelling against a plain test of the same model, in one run.

    python benchmarks/pseudo_label.py [--images 60] [--json labels.json]

A folder of noise images (320x240, nine classes, as PASCAL VOC's animals) is

- tested: MMEngine's test loop with `ZeroShotIoUMetric`, as
  `mmseg-zeroshot test` does;
- pseudo-labelled: `make_pseudo_labels` as `mmseg-zeroshot pseudo-label` does,
  maps and manifest written and synced to the disk, in a new folder each time;
- pseudo-labelled where mirrored images must agree (`--flip`), for comparison.

All three read the same files with the same loader and run the same network (a
128-channel DeepLabv3+ on EfficientNet-Lite0, untrained; half of the
pixels are predicted unseen). The ratio is the median over turns. Target:
pseudo-labelling takes at most 1.1 times as long as the test. On a machine that
does other work take `--cpu-time`, which counts the writing threads, too.
"""
from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from mmseg.registry import DATASETS
from PIL import Image

from mmseg_zeroshot import ClassEmbeddings, ClassSplit
from mmseg_zeroshot.datasets.self_training.builder import (
    make_pseudo_labels,
    pseudo_label_stamp,
)
from mmseg_zeroshot.datasets.self_training.images import UnlabelledImages
from mmseg_zeroshot.datasets.self_training.labeller import Labeller
from mmseg_zeroshot.utils import atomic_write

SIZE, TARGET = (240, 320), 1.1
CLASSES = ('background', 'cat', 'chair', 'cow', 'dog', 'horse', 'person',
           'sheep', 'sofa')
SPLIT = dict(classes=CLASSES, unseen=['cow', 'cat'])
LOAD = [dict(type='LoadImageFromFile'), dict(type='LoadAnnotations'),
        dict(type='PackSegInputs')]


def write_images(root: Path, count: int) -> None:
    """Noise images with masks of blobs."""
    rng = np.random.default_rng(0)
    for folder in ('img', 'ann'):
        (root / folder).mkdir()
    for i in range(count):
        # Two of three pixels are of unseen classes (cat and cow).
        small = rng.choice([*range(9), *[1, 3] * 6], (12, 16)).astype(
            np.uint8)
        mask = small.repeat(20, 0).repeat(20, 1)
        image = rng.integers(0, 256, (*SIZE, 3), np.uint8)
        Image.fromarray(image).save(root / f'img/{i}.jpg')
        Image.fromarray(mask).save(root / f'ann/{i}.png')


def make_config(root: Path, workers: int) -> Config:
    """Model, data and loader of both."""
    vectors = np.random.default_rng(0).normal(size=(len(CLASSES), 50))
    host = dict(
        type='DepthwiseSeparableASPPHead', in_channels=320, in_index=3,
        channels=128, dilations=(1, 3, 6, 9), c1_in_channels=24,
        c1_channels=32, norm_cfg=dict(type='BN'))
    dataset = dict(
        type='ZeroShotDataset', split=SPLIT, mode='keep', pipeline=LOAD,
        test_mode=True, dataset=dict(
            type='BaseSegDataset', data_root=str(root),
            metainfo=dict(classes=CLASSES),
            data_prefix=dict(img_path='img', seg_map_path='ann')))
    loader = dict(
        batch_size=1, num_workers=workers,
        persistent_workers=False, dataset=dataset,
        sampler=dict(type='DefaultSampler', shuffle=False))
    return Config(dict(
        default_scope='mmseg', work_dir=str(root / 'run'),
        model=dict(
            type='ZeroShotSegmentor',
            data_preprocessor=dict(type='SegDataPreProcessor',
                                   mean=[127.] * 3, std=[128.] * 3),
            backbone=dict(type='EfficientNetLite', arch='lite0'),
            decode_head=dict(
                type='SemanticProjectionHead', host=host, split=SPLIT,
                embeddings=ClassEmbeddings(CLASSES, vectors)),
            test_cfg=dict(mode='whole')),
        test_dataloader=loader, test_cfg=dict(type='TestLoop'),
        test_evaluator=dict(type='ZeroShotIoUMetric'),
        log_level='WARNING', experiment_name='pseudo_label'))


class Case:
    """The things that are timed."""

    def __init__(self, root: Path, images: int, workers: int) -> None:
        write_images(root, images)
        config = make_config(root, workers)
        self.root, self.runner = root, Runner.from_cfg(config)
        self.model = self.runner.model.eval()
        (root / 'model.pth').write_bytes(b'not read')
        given = config.test_dataloader
        self.dataset = DATASETS.build(dict(
            given.dataset, mode='ignore', pseudo_labels=UnlabelledImages()))
        self._prefer_unseen()
        self.loader = lambda dataset: Runner.build_dataloader(
            dict(given, dataset=dataset))
        self.runner.test()  # once, so that nothing is made while timed

    def _prefer_unseen(self) -> None:
        """Move the bias until half of an image is predicted unseen."""
        head = self.model.decode_head
        torch.nn.init.normal_(head.projection.weight, std=1.)
        sample = self.dataset[0]
        batch = self.model.data_preprocessor(dict(
            inputs=[sample['inputs']], data_samples=[sample['data_samples']]))
        with torch.no_grad():
            features = self.model.pixel_features(batch['inputs'])
            scores = head.classify(features)[0]
        unseen = list(ClassSplit.from_dict(SPLIT).unseen_ids)
        others = [i for i in range(len(CLASSES)) if i not in unseen]
        direction = (head.class_vectors[unseen].mean(0)
                     - head.class_vectors[others].mean(0))
        push = (head.class_vectors @ direction)[:, None, None]
        low, high = 0., 1e4
        for _ in range(40):
            middle = (low + high) / 2
            moved = scores + middle * push
            more = moved[unseen].amax(0) > moved[others].amax(0)
            low, high = ((low, middle) if more.float().mean() > .5
                         else (middle, high))
        head.projection.bias.data += direction * high

    def test(self) -> None:
        self.runner.test_loop.run()

    def label(self, flip: bool = False) -> dict:
        folder = self.root / 'pseudo'
        shutil.rmtree(folder, ignore_errors=True)
        labeller = Labeller(self.model, self.loader, percent=25, flip=flip)
        stamp = pseudo_label_stamp(
            self.dataset, checkpoint=self.root / 'model.pth',
            supervision='strict',
            config=None, gamma=0, p=25, views={}, number=1)
        return make_pseudo_labels(
            folder, self.dataset, stamp=stamp, report=lambda line: None,
            label_images=lambda places: labeller(self.dataset, places))


def seconds(clock: Callable[[], float], call: Callable[[], object]) -> float:
    start = clock()
    call()
    return clock() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--images', type=int, default=60)
    parser.add_argument('--repeats', type=int, default=7)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--workers', type=int, default=0)
    parser.add_argument(
        '--cpu-time', action='store_true',
        help='CPU seconds of this process instead of wall-clock seconds')
    parser.add_argument('--json', help='file for the figures')
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    clock = time.process_time if args.cpu_time else time.perf_counter
    with tempfile.TemporaryDirectory() as folder:
        case = Case(Path(folder), args.images, args.workers)
        manifest = case.label()
        predicted = sum(e['predicted'] for e in manifest['images'].values())
        share = predicted / args.images / (SIZE[0] * SIZE[1])
        calls = {'test': case.test, 'pseudo-labels': case.label,
                 'pseudo-labels, mirrored too': lambda: case.label(True)}
        turns = [{name: seconds(clock, call) for name, call in calls.items()}
                 for _ in range(args.repeats)]
    print(f'{args.images} images of {SIZE[1]}x{SIZE[0]}; {100 * share:.0f} % '
          'of the pixels are unlabelled and predicted unseen')
    figures = {}
    for name in calls:
        ratio = statistics.median(t[name] / t['test'] for t in turns)
        each = statistics.median(t[name] for t in turns) / args.images
        figures[name] = dict(milliseconds=1e3 * each, ratio=ratio)
        print(f'  {name:30s} {1e3 * each:7.1f} ms an image  x {ratio:.2f}')
    met = figures['pseudo-labels']['ratio'] <= TARGET
    print(f'  target x {TARGET}: {"met" if met else "MISSED"}')
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(dict(threads=args.threads, workers=args.workers,
                           images=args.images, cpu_time=args.cpu_time,
                           unseen_share=share, results=figures), file,
                      indent=1)


if __name__ == '__main__':
    main()
