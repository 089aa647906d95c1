"""Time the generator's part of an online ZS3Net step, in one run.

    python benchmarks/generator_step.py [--threads 1] [--repeats 5]
        [--images 8] [--size 78]

Eight feature maps of 256 x 78 x 78 with 2 to 7 classes each; 128 real and 128
generated vectors for every class of every image; forward and backward. The
other side does what the released code does, tidily: it lays the class vectors
out as a map, generates a feature for every pixel, and loops over images and
classes for the MMD. Times are CPU time, in turns; the ratio is their median.
"""
from __future__ import annotations

import argparse
import json
import statistics
import time

import torch
from torch import Tensor

from mmseg_zeroshot.models import gather_feature_sets
from mmseg_zeroshot.models.generators import GMMNGenerator
from mmseg_zeroshot.models.losses import RELEASED_BANDWIDTHS, mmd2
from mmseg_zeroshot.utils import atomic_write

CHANNELS, VECTORS, CLASSES, DIM = 256, 128, 21, 300


def batch(images: int, size: int) -> tuple[Tensor, Tensor, Tensor]:
    """Feature maps, label maps of 2 to 7 bands, and class vectors."""
    features = torch.randn(images, CHANNELS, size, size)
    labels = torch.empty(images, size, size, dtype=torch.long)
    for i, label in enumerate(labels):
        bands = torch.randperm(CLASSES)[:2 + i % 6]
        places = torch.arange(size) * len(bands) // size
        label[:] = bands[places][:, None]
    return features, labels, torch.randn(CLASSES, DIM)


def ours(generator, features, labels, vectors) -> None:
    sets = gather_feature_sets(features, labels, VECTORS, per_image=True)
    generated = generator(vectors[sets.class_ids], VECTORS)
    mmd2(sets.features, generated, RELEASED_BANDWIDTHS).sum().backward()


def mmd_of_class(real: Tensor, generated: Tensor) -> Tensor:
    both = torch.cat([real, generated])
    squares = both.square().sum(1)
    distances = squares[:, None] + squares[None] - 2 * both @ both.T
    signs = torch.cat([torch.ones(len(real)), -torch.ones(len(generated))])
    kernel = sum(
        torch.exp(-distances / (2 * s * s)) for s in RELEASED_BANDWIDTHS)
    return signs @ kernel @ signs / VECTORS**2


def every_pixel(generator, features, labels, vectors) -> None:
    loss = torch.zeros(())
    for feature, label in zip(features, labels):
        pixels = vectors[label].flatten(0, 1)  # a word vector for each pixel
        noise = torch.randn(len(pixels), DIM)
        hidden = generator.hidden(torch.cat([pixels, noise], 1))
        generated = generator.output(
            generator.drop(generator.activation(hidden)))
        real = feature.flatten(1).T
        for class_id in label.unique():
            places = (label.flatten() == class_id).nonzero().squeeze(1)
            chosen = places[torch.randint(len(places), (2, VECTORS))]
            loss = loss + mmd_of_class(real[chosen[0]], generated[chosen[1]])
    loss.backward()


def cpu_seconds(function, generator, *arguments) -> float:
    start = time.process_time()
    function(generator, *arguments)
    generator.zero_grad()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--images', type=int, default=8)
    parser.add_argument('--size', type=int, default=78)
    parser.add_argument('--json')
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    generator = GMMNGenerator(DIM, feature_dim=CHANNELS)
    data = batch(args.images, args.size)
    times = [[cpu_seconds(f, generator, *data) for f in (ours, every_pixel)]
             for _ in range(args.repeats + 1)][1:]
    result = dict(
        ours_s=statistics.median(a for a, _ in times),
        every_pixel_s=statistics.median(b for _, b in times),
        ratio=statistics.median(b / a for a, b in times))
    print(f'sets {result["ours_s"]:.3f} s, every pixel '
          f'{result["every_pixel_s"]:.3f} s, {result["ratio"]:.1f} times')
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(result, file, indent=1)


if __name__ == '__main__':
    main()
