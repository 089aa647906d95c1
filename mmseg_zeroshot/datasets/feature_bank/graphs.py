"""Region graphs of the images in a feature bank: made, kept in shards, merged.

A bank that was built with ``graphs`` has, beside its pixel features:

- ``graph_features.npy`` (V, 1 + P, C) float16: of each node the mean over its
  region's pixels, then P of these pixels, drawn without repetition as far as
  the region has so many;
- ``graph_nodes.npy`` (V, 2) int32: class id and number of pixels;
- ``graph_edges.npy`` (E, 2) int32: pairs of nodes, counted within the graph;
- ``graph_ends.npy`` (G, 2) int64: where each graph's nodes and edges end.
"""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmseg_zeroshot.datasets.region_graphs import region_graph
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils.label_maps import labels_at_features
from mmseg_zeroshot.utils.typing_utils import ConfigPart

from .npy_rows import write_header
from .shard_reader import read_shard
from .stamp import BankStamp, check_numbers

GRAPH_FILES = {
    'graph_features': 'graph_features.npy',
    'graph_nodes': 'graph_nodes.npy',
    'graph_edges': 'graph_edges.npy',
    'graph_ends': 'graph_ends.npy',
}
_ROWS = ('graph_features', 'graph_nodes', 'graph_edges')
_DEFAULTS = dict(min_pixels=4, pixels=8)


class ImageGraph(NamedTuple):
    """The region graph of one view of one image."""

    features: np.ndarray  # (V, 1 + P, C) float16
    nodes: np.ndarray  # (V, 2) int32
    edges: np.ndarray  # (E, 2) int32
    side: int  # longest side of the feature map


def check_graph_options(options: ConfigPart | None
                        ) -> dict[str, int] | None:
    """Fill in and check what a bank's ``graphs`` says.

    Args:
        options: ``min_pixels``: pixels at feature resolution of the smallest
            region that becomes a node; ``pixels``: P, single pixels kept of
            each node. Or None, for a bank without graphs.

    Returns:
        All options, or None.

    Raises:
        ValueError: An unknown option or a number out of range.
    """
    if options is None:
        return None
    for key in options:
        if key not in _DEFAULTS:
            raise ValueError(f'unknown key {key!r} in graphs of a feature '
                             f'bank.{hint(key, list(_DEFAULTS))}')
    filled = {**_DEFAULTS, **options}
    check_numbers(**{'graphs.min_pixels': (filled['min_pixels'], 1),
                     'graphs.pixels': (filled['pixels'], 0)})
    return filled


def image_graph(features: Tensor, labels: Tensor, *, min_pixels: int,
                pixels: int, rng: np.random.Generator,
                ignore_index: int = 255) -> ImageGraph:
    """Make the graph of an image from its pixel features and labels.

    Args:
        features: (C, h, w).
        labels: (1, H, W) ids; :func:`labels_at_features` brings them to
            (h, w).
        min_pixels: Pixels of the smallest region that becomes a node.
        pixels: P, single pixels kept of each node.
        rng: Source of randomness.
        ignore_index: Id of pixels without a label.

    Returns:
        The graph; of no node where no region is large enough.
    """
    size = features.shape[-2:]
    small = labels_at_features(labels, size)
    graph = region_graph(small[0].cpu().numpy(), ignore_index,
                         min_pixels=min_pixels)
    sizes = graph.node_sizes
    order, starts = _by_node(graph.node_map.ravel(), sizes, rng)
    flat = features.flatten(1).T
    count = len(sizes)
    means = torch.zeros(count, flat.shape[1], device=flat.device)
    node_of = np.repeat(np.arange(count), sizes)
    means.index_add_(0, torch.from_numpy(node_of).to(flat.device),
                     flat[torch.from_numpy(order).to(flat.device)].float())
    means /= torch.from_numpy(sizes).to(means)[:, None]
    turn = np.arange(pixels) % np.maximum(sizes, 1)[:, None]
    rows = order[starts[:, None] + turn]
    drawn = flat[torch.from_numpy(rows).to(flat.device)].float()
    both = torch.cat([means[:, None], drawn], 1).half().cpu().numpy()
    return ImageGraph(
        both, np.stack([graph.node_classes, sizes], 1).astype(np.int32),
        graph.edges.astype(np.int32), max(size))


def _by_node(node_map: np.ndarray, sizes: np.ndarray,
             rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return pixels by node, in random order within it, and their starts."""
    order = np.lexsort((rng.random(len(node_map)), node_map))
    starts = np.cumsum(sizes) - sizes
    # Pixels of no node have the number -1: they come first.
    return order[len(order) - int(sizes.sum()):], starts


def shard_arrays(graphs: Sequence[ImageGraph]) -> dict[str, Any]:
    """Put the graphs of a shard together; empty ones are left out."""
    found = [graph for graph in graphs if len(graph.nodes)]
    sizes = [(len(graph.nodes), len(graph.edges)) for graph in found]
    shape = graphs[0].features.shape[1:]
    return dict(
        graph_features=np.concatenate(
            [graph.features for graph in found]
            or [np.zeros((0, *shape), np.float16)]),
        graph_nodes=_joined([graph.nodes for graph in found]),
        graph_edges=_joined([graph.edges for graph in found]),
        graph_sizes=np.array(sizes, np.int64).reshape(-1, 2),
        graph_side=np.array(max(graph.side for graph in graphs)))


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts or [np.zeros((0, 2), np.int32)])


def graph_totals(paths: Sequence[Path]) -> dict[str, int]:
    """Count what the shards of a build hold.

    Args:
        paths: The shards.

    Returns:
        ``graph_count``, ``graph_nodes``, ``graph_edges`` in all and
        ``graph_side``, the longest side of a feature map.
    """
    sizes, side = [], 0
    for path in paths:
        counts, longest = read_shard(path, 'graph_sizes', 'graph_side')
        sizes.append(counts)
        side = max(side, int(longest))
    together = np.concatenate(sizes)
    nodes, edges = together.sum(axis=0)
    return dict(graph_count=len(together), graph_nodes=int(nodes),
                graph_edges=int(edges), graph_side=side)


def write_graphs(folder: Path, paths: Sequence[Path],
                 stamp: BankStamp) -> None:
    """Write the files of a bank's graphs, shard by shard.

    Args:
        folder: The bank that is being written.
        paths: The shards, in order.
        stamp: With :func:`graph_totals`.
    """
    shapes = _shapes(stamp)
    files: dict[str, IO[bytes]] = {}
    try:
        for name, (shape, dtype) in shapes.items():
            files[name] = open(folder / GRAPH_FILES[name], 'wb')
            write_header(files[name], shape, dtype)
        done = np.zeros(2, np.int64)
        for path in paths:
            sizes, *arrays = read_shard(path, 'graph_sizes', *_ROWS)
            for name, rows in zip(_ROWS, arrays):
                files[name].write(np.ascontiguousarray(rows).data)
            ends = done + np.cumsum(sizes, axis=0)
            files['graph_ends'].write(np.ascontiguousarray(ends).data)
            done = ends[-1] if len(ends) else done
    finally:
        for file in files.values():
            file.flush()
            os.fsync(file.fileno())
            file.close()


def _shapes(stamp: BankStamp
            ) -> dict[str, tuple[tuple[int, ...], type]]:
    """Shape and type of each file."""
    nodes, width = stamp['graph_nodes'], stamp['feature_dim']
    return dict(
        graph_features=((nodes, 1 + stamp['graphs']['pixels'], width),
                        np.float16),
        graph_nodes=((nodes, 2), np.int32),
        graph_edges=((stamp['graph_edges'], 2), np.int32),
        graph_ends=((stamp['graph_count'], 2), np.int64))


def graph_bytes(stamp: BankStamp) -> int:
    """About how large the graphs of a bank are on the disk."""
    return sum(int(np.prod(shape)) * np.dtype(dtype).itemsize
               for shape, dtype in _shapes(stamp).values())
