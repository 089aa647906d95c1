"""Time region graphs and a graph step, in one run.

    python benchmarks/region_graph.py [--threads 1] [--repeats 15]

First: the graphs of 20 label maps of 78x78 with about 14 regions against a
search over their pixels in Python (on lists, which is its fastest form) that
gives the same components and edges. Then: a
training step of ZS3Net with graph context from a bank in memory against the
plain step (20 seen and 2 unseen classes, 256 channels, 300-d word vectors, 128
vectors per class; 32 graphs of about 14 nodes), the drawing of the data
counted. Times are CPU time, in turns; the ratios are their medians.
"""
from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample
from torch.utils.data import Dataset

from mmseg_zeroshot import region_graph
from mmseg_zeroshot.datasets import (
    FeatureBankDataset,
    GraphBankDataset,
    GraphLayoutDataset,
    build_feature_bank,
)
from mmseg_zeroshot.models import FeatureSets, GraphSets
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit
from mmseg_zeroshot.utils import atomic_write

SIZE, CHANNELS, DIM, IMAGES, MAPS = 78, 256, 300, 48, 20
CLASSES = tuple(f'class{i}' for i in range(22))
SPLIT = ClassSplit(CLASSES, unseen=CLASSES[-2:], name='benchmark')


def label_map(rng: np.random.Generator, classes: int = 20) -> np.ndarray:
    """Regions of the nearest of some points: about 14 of them."""
    points = rng.uniform(0, SIZE, (15, 2))
    of_point = rng.integers(0, classes, 15)
    place = np.stack(np.mgrid[:SIZE, :SIZE], -1)
    apart = np.linalg.norm(place[:, :, None] - points, axis=-1)
    return of_point[apart.argmin(-1)].astype(np.uint8)


def search(labels: np.ndarray) -> tuple[list, set]:
    """Components and edges, pixel by pixel."""
    rows = labels.tolist()
    nodes = [[-1] * SIZE for _ in range(SIZE)]
    steps = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]
    classes: list = []
    for y in range(SIZE):
        for x in range(SIZE):
            if nodes[y][x] >= 0:
                continue
            nodes[y][x], queue = len(classes), deque([(y, x)])
            while queue:
                a, b = queue.popleft()
                for dy, dx in steps:
                    c, d = a + dy, b + dx
                    if (0 <= c < SIZE and 0 <= d < SIZE and nodes[c][d] < 0
                            and rows[c][d] == rows[y][x]):
                        nodes[c][d] = len(classes)
                        queue.append((c, d))
            classes.append(rows[y][x])
    edges = set()
    for y in range(SIZE):
        for x in range(SIZE):
            for dy, dx in steps[4:]:
                c, d = y + dy, x + dx
                if 0 <= c < SIZE and 0 <= d < SIZE:
                    one, other = nodes[y][x], nodes[c][d]
                    if one != other:
                        edges.add((min(one, other), max(one, other)))
    return classes, edges


class Images:
    """Label maps with random features."""

    metainfo = dict(classes=CLASSES, split=SPLIT.to_dict(),
                    split_mode='drop', palette=[[i] * 3 for i in range(22)])

    def __len__(self) -> int:
        return IMAGES

    def __getitem__(self, index: int) -> dict:
        labels = label_map(np.random.default_rng(index))
        sample = SegDataSample(
            gt_sem_seg=PixelData(data=torch.from_numpy(labels)[None]))
        return dict(inputs=torch.zeros(3, 1, 1), data_samples=sample)


def extract(data: dict) -> torch.Tensor:
    return torch.randn(len(data['inputs']), CHANNELS, SIZE, SIZE)


def head(kind: str, stage: str, words: ClassEmbeddings) -> torch.nn.Module:
    graph = kind == 'GraphRetrainedHead'
    return MODELS.build(dict(
        type=kind, stage=stage, split=SPLIT, embeddings=words,
        host=dict(type='FCNHead', in_channels=8, channels=CHANNELS,
                  num_convs=1, norm_cfg=dict(type='BN')),
        generator=dict(type='GraphGMMNGenerator' if graph
                       else 'GMMNGenerator')))


def step(dataset: Dataset, module: torch.nn.Module,
         turn: Iterator[int]) -> None:
    item = dataset[next(turn)]
    kind = GraphSets if 'node_classes' in item else FeatureSets
    losses = module.loss_of_sets(kind(**item).to('cpu'))
    sum(v for k, v in losses.items() if 'loss' in k).backward()
    module.zero_grad()


def compare(functions: dict, repeats: int) -> dict[str, float]:
    """Median CPU milliseconds of each, taken in turns."""
    times: dict[str, list] = {name: [] for name in functions}
    for _ in range(repeats + 1):
        for name, function in functions.items():
            start = time.process_time()
            function()
            times[name].append(1e3 * (time.process_time() - start))
    return {name: statistics.median(values[1:])
            for name, values in times.items()}


def graphs(repeats: int) -> dict[str, float]:
    maps = [label_map(np.random.default_rng(i)) for i in range(MAPS)]
    regions = 0
    for labels in maps:
        ours, (classes, edges) = region_graph(labels), search(labels)
        assert ours.node_classes.tolist() == classes
        assert set(map(tuple, ours.edges.tolist())) == edges
        regions += len(classes)
    times = compare(dict(region_graph=lambda: list(map(region_graph, maps)),
                         search=lambda: list(map(search, maps))), repeats)
    return dict({name: t / MAPS for name, t in times.items()},
                regions=regions / MAPS,
                times_faster=times['search'] / times['region_graph'])


def steps(repeats: int, folder: Path) -> dict[str, float]:
    (folder / 'net.pth').write_bytes(b'weights')
    bank = build_feature_bank(
        folder / 'bank', make_dataset=Images, make_extract=lambda d: extract,
        checkpoint=folder / 'net.pth', graphs=dict(),
        report=lambda line: None).path
    words = ClassEmbeddings(
        CLASSES, np.random.default_rng(0).normal(size=(22, DIM)))
    plain = FeatureBankDataset(bank, SPLIT)
    sets = dict(
        generator=(plain, GraphBankDataset(bank, SPLIT)),
        classifier=(plain, GraphLayoutDataset(bank, SPLIT,
                                              embeddings=words)))
    result = {}
    for stage, (given, graphs_given) in sets.items():
        heads = [head(kind, stage, words) for kind in (
            'GeneratorRetrainedHead', 'GraphRetrainedHead')]
        turn = iter(range(10**6))
        times = compare({
            'plain': partial(step, given, heads[0], turn),
            'graph': partial(step, graphs_given, heads[1], turn),
        }, repeats)
        result.update({f'{stage}_{k}': v for k, v in times.items()})
        result[f'{stage}_ratio'] = times['graph'] / times['plain']
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--repeats', type=int, default=15)
    parser.add_argument('--json')
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        result = {**graphs(args.repeats), **steps(args.repeats, Path(folder))}
    print(f'graph of {result["regions"]:.1f} regions: '
          f'{result["region_graph"]:.2f} ms, search {result["search"]:.1f} '
          f'ms: {result["times_faster"]:.0f} times as fast')
    for stage in ('generator', 'classifier'):
        print(f'{stage}: plain step {result[f"{stage}_plain"]:.1f} ms, graph '
              f'step {result[f"{stage}_graph"]:.1f} ms: '
              f'{result[f"{stage}_ratio"]:.2f} times')
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(result, file, indent=1)


if __name__ == '__main__':
    main()
