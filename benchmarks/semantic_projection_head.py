"""Time SPNet's head against the host with its plain classifier, in one run.

    python benchmarks/semantic_projection_head.py [--threads 1] [--repeats 20]

Both networks are the same host on the same backbone; they take the same
images in turns, and the ratio is the median over turns of CPU time, which
other processes disturb less than the clock. ``train`` is a whole step
(forward, backward), ``predict`` goes from images to class ids.
"""
from __future__ import annotations

import argparse
import json
import logging
import statistics
import time
from collections.abc import Callable

import torch
from mmengine.config import ConfigDict
from mmengine.registry import init_default_scope
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample

import mmseg_zeroshot
from mmseg_zeroshot.utils import atomic_write

DIM = 600  # fastText and word2vec, the widest that the papers use
NETWORKS = {
    'EfficientNet-Lite0 + DeepLabv3+ (128 channels)': (
        dict(type='EfficientNetLite', output_stride=32),
        dict(
            type='DepthwiseSeparableASPPHead', in_channels=320, in_index=3,
            channels=128, dilations=(1, 3, 6, 9), c1_in_channels=24,
            c1_channels=32, norm_cfg=dict(type='BN'))),
    'ResNet-18 + FCN (64 channels)': (
        dict(type='ResNetV1c', depth=18, norm_cfg=dict(type='BN')),
        dict(
            type='FCNHead', in_channels=512, in_index=3, channels=64,
            num_convs=1, norm_cfg=dict(type='BN'))),
}


def build(backbone: dict, host: dict, classes: int, semantic: bool):
    names = [f'class {i}' for i in range(classes)]
    head = dict(host, num_classes=classes)
    if semantic:
        vectors = torch.randn(classes, DIM).numpy()
        head = dict(
            type='SemanticProjectionHead',
            host=host,
            split=dict(classes=names, unseen=names[-5:]),
            embeddings=mmseg_zeroshot.ClassEmbeddings(names, vectors))
    kind = 'ZeroShotSegmentor' if semantic else 'EncoderDecoder'
    return MODELS.build(
        ConfigDict(
            type=kind, backbone=backbone, decode_head=head,
            data_preprocessor=dict(type='SegDataPreProcessor'),
            test_cfg=dict(mode='whole')))


def samples(classes: int, size: int, count: int) -> list[SegDataSample]:
    shape = dict(
        ori_shape=(size, size), img_shape=(size, size),
        pad_shape=(size, size))
    return [
        SegDataSample(
            gt_sem_seg=PixelData(
                data=torch.randint(0, classes - 5, (1, size, size))),
            metainfo=shape) for _ in range(count)
    ]


def train_step(model, images, labelled) -> None:
    losses = model.loss(images, labelled)
    sum(v for k, v in losses.items() if 'loss' in k).backward()
    model.zero_grad()


@torch.no_grad()
def predict(model, images, labelled) -> None:
    model.predict(images, labelled)


def cpu_seconds(function: Callable, *arguments) -> float:
    start = time.process_time()
    function(*arguments)
    return time.process_time() - start


def compare(function: Callable, models, images, labelled,
            repeats: int) -> dict:
    for model in models:
        function(model, images, labelled)
    times = [[
        cpu_seconds(function, model, images, labelled) for model in models
    ] for _ in range(repeats)]
    plain, semantic = (statistics.median(t) for t in zip(*times))
    ratio = statistics.median(b / a for a, b in times)
    return dict(plain_s=plain, semantic_s=semantic, ratio=ratio)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--repeats', type=int, default=20)
    parser.add_argument('--size', type=int, default=192)
    parser.add_argument('--json')
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    logging.disable(logging.WARNING)
    init_default_scope('mmseg')
    rows = []
    for name, (backbone, host) in NETWORKS.items():
        for classes in (21, 171):
            torch.manual_seed(0)
            models = [
                build(backbone, host, classes, semantic)
                for semantic in (False, True)
            ]
            images = torch.randn(2, 3, args.size, args.size)
            labelled = samples(classes, args.size, 2)
            for function, mode in ((train_step, True), (predict, False)):
                for model in models:
                    model.train(mode)
                row = dict(
                    network=name, classes=classes,
                    what='train' if mode else 'predict', **compare(
                        function, models, images, labelled, args.repeats))
                rows.append(row)
                print(f'{name}, {classes:3} classes, {row["what"]:7} '
                      f'plain {row["plain_s"]:.4f} s, semantic '
                      f'{row["semantic_s"]:.4f} s, '
                      f'ratio {row["ratio"]:.3f}', flush=True)
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(rows, file, indent=1)


if __name__ == '__main__':
    main()
