"""Time the batched MMD against a tidy loop over classes, in one run.

    python benchmarks/mmd.py [--threads 1] [--repeats 50] [--json mmd.json]

Forward and backward on the CPU for 7 classes of 128 real and 128 generated
vectors of width 256 and six bandwidths. The loop is the same mathematics with
one Gram matrix per class. Both are timed in turns, and the ratio is the median
over turns. `vanishing` scales the vectors such that many kernels come out as
subnormal numbers.
"""
from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor

from mmseg_zeroshot.models.losses import (
    PRINTED_BANDWIDTHS,
    RELEASED_BANDWIDTHS,
    mmd2,
)
from mmseg_zeroshot.utils import atomic_write

CLASSES, VECTORS, WIDTH = 7, 128, 256
CASES = {
    'printed': (PRINTED_BANDWIDTHS, 1.),
    'released': (RELEASED_BANDWIDTHS, 1.),
    'vanishing': (PRINTED_BANDWIDTHS, 1.22),
    'unrelated': ((2., 5.1, 9.7, 21., 43., 60.), 1.),
}


def tidy_loop(real: Tensor, generated: Tensor, bandwidths) -> Tensor:
    values = []
    for x, y in zip(real, generated):
        z = torch.cat([x, y])
        signs = torch.cat(
            [x.new_full((len(x), ), 1 / len(x)),
             y.new_full((len(y), ), -1 / len(y))])
        squares = z.square().sum(1)
        distances = squares[:, None] + squares[None] - 2 * z @ z.T
        distances = distances.clamp(min=0)
        kernel = sum(torch.exp(-distances / (2 * s * s)) for s in bandwidths)
        values.append(signs @ kernel @ signs)
    return torch.stack(values)


def step(function: Callable, real: Tensor, generated: Tensor,
         bandwidths) -> tuple[Tensor, Tensor]:
    generated = generated.detach().requires_grad_()
    values = function(real, generated, bandwidths)
    gradient, = torch.autograd.grad(values.sum(), generated)
    return values.detach(), gradient


def seconds(function: Callable, *args) -> float:
    start = time.perf_counter()
    step(function, *args)
    return time.perf_counter() - start


def largest_difference(args: tuple) -> float:
    """Between both in float64, of values and, relative, of gradients."""
    real, generated, bandwidths = args
    wide = real.double(), generated.double(), bandwidths
    ours, loop = step(mmd2, *wide), step(tidy_loop, *wide)
    scale = loop[1].abs().max().clamp(min=1e-300)
    return max((ours[0] - loop[0]).abs().max().item(),
               ((ours[1] - loop[1]).abs().max() / scale).item())


def measure(bandwidths, scale: float, repeats: int) -> dict:
    torch.manual_seed(0)
    shape = (CLASSES, VECTORS, WIDTH)
    real = torch.randn(shape) * scale
    generated = (torch.randn(shape) + .1) * scale
    args = (real, generated, bandwidths)
    times: dict[str, list[float]] = dict(loop=[], ours=[])
    for _ in range(repeats + 5):
        times['loop'].append(seconds(tidy_loop, *args))
        times['ours'].append(seconds(mmd2, *args))
    loop, ours = times['loop'][5:], times['ours'][5:]
    return dict(
        loop_ms=1e3 * statistics.median(loop),
        ours_ms=1e3 * statistics.median(ours),
        ratio=statistics.median(a / b for a, b in zip(loop, ours)),
        largest_difference_float64=largest_difference(args))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--repeats', type=int, default=50)
    parser.add_argument('--json', help='file for the figures')
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    rows = {}
    print(f'{"case":16}{"loop ms":>10}{"ours ms":>10}{"ratio":>8}'
          f'{"float64 difference":>21}')
    for name, (bandwidths, scale) in CASES.items():
        row = measure(bandwidths, scale, arguments.repeats)
        print(f'{name:16}{row["loop_ms"]:10.2f}{row["ours_ms"]:10.2f}'
              f'{row["ratio"]:8.2f}'
              f'{row["largest_difference_float64"]:21.1e}')
        rows[name] = row
    if arguments.json:
        with atomic_write(arguments.json, 'w') as file:
            json.dump(
                dict(
                    classes=CLASSES,
                    vectors=[VECTORS, VECTORS],
                    width=WIDTH,
                    threads=arguments.threads,
                    torch=torch.__version__,
                    cases=rows), file, indent=2)


if __name__ == '__main__':
    main()
