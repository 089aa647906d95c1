"""Layouts: graphs in which unseen classes have their place.

- ``strict``: graphs of seen images, in which a node of a seen class is
  renamed to an unseen class that is next to it among the words;
- from label maps: true masks (the paper), or a user's own, such as sketches.
"""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from mmengine.logging import print_log

from mmseg_zeroshot.datasets.feature_bank.graph_list import (
    GraphBatch,
    GraphList,
)
from mmseg_zeroshot.datasets.inner_dataset import (
    DataInfos,
    build_inner,
    mmseg_scope,
)
from mmseg_zeroshot.datasets.metainfo import check_classes
from mmseg_zeroshot.datasets.pipeline import label_loader
from mmseg_zeroshot.datasets.region_graphs import region_graph
from mmseg_zeroshot.datasets.transforms import HideLabels
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit
from mmseg_zeroshot.utils.progress import progress
from mmseg_zeroshot.utils.typing_utils import ConfigPart


class RenamedLayouts:
    """Graphs of seen images with one node renamed (label ``strict``).

    Args:
        graphs: Graphs of seen images.
        split: The split.
        embeddings: Class vectors of all its classes.
        neighbors: How many of the nearest seen classes of an unseen class
            may give it their place. Default: 1.

    Raises:
        ValueError: ``neighbors`` is not between 1 and the number of classes
            in the graphs.
    """

    def __init__(self, graphs: GraphList, split: ClassSplit,
                 embeddings: ClassEmbeddings, neighbors: int = 1) -> None:
        found = graphs.counts(split.num_classes)
        seen = [i for i in split.seen_ids if found[i]]
        if not 1 <= neighbors <= len(seen):
            raise ValueError(
                f'neighbors={neighbors!r} must be between 1 and the number of '
                f'seen classes in the graphs, {len(seen)}')
        near = nearest_classes(embeddings, split.unseen_ids, seen, neighbors)
        self.graphs, self.unseen_ids = graphs, split.unseen_ids
        self.sources = dict(zip(split.unseen_ids, near))
        self._holding = {u: graphs.holding(ids)
                         for u, ids in self.sources.items()}
        # gives[u, c]: whether a node of class c may become one of class u.
        self._gives = np.zeros((split.num_classes, ) * 2, bool)
        for unseen_id, ids in self.sources.items():
            self._gives[unseen_id, ids] = True

    def draw(self, unseen_ids: Sequence[int],
             rng: np.random.Generator) -> GraphBatch:
        """Draw graphs and give one node of each an unseen class.

        Args:
            unseen_ids: The class of each graph.
            rng: Source of randomness.
        """
        numbers = _draw_numbers(self._holding, unseen_ids, rng)
        batch, sizes = self.graphs.take(numbers), self.graphs.sizes(numbers)
        wanted = np.repeat(unseen_ids, sizes)
        lots = np.where(self._gives[wanted, batch.node_classes],
                        rng.random(len(wanted)), -1)
        first = np.cumsum(sizes) - sizes
        drawn = lots == np.repeat(np.maximum.reduceat(lots, first), sizes)
        batch.node_classes[drawn] = wanted[drawn]
        return batch


class MaskLayouts:
    """Graphs of label maps that show unseen classes (label ``paper``).

    Args:
        graphs: Graphs of label maps.
        split: The split.
        where: Where they come from, for messages.

    Raises:
        ValueError: No graph holds one of the unseen classes, or no two
            regions touch in any of them.
    """

    def __init__(self, graphs: GraphList, split: ClassSplit,
                 where: str) -> None:
        self.graphs, self.unseen_ids = graphs, split.unseen_ids
        self._holding = {u: graphs.holding([u]) for u in split.unseen_ids}
        absent = [split.classes[u] for u, held in self._holding.items()
                  if not len(held)]
        if absent:
            raise ValueError(
                f'no layout of {where} shows the unseen class(es) '
                f'{", ".join(absent)} in a region that is large enough: add '
                'label maps with them, or lower min_pixels')
        if not len(graphs.edges):
            raise ValueError(
                f'no two regions touch in any layout of {where}, so there is '
                'no context: regions must share a border without unlabelled '
                'pixels between them')

    def draw(self, unseen_ids: Sequence[int],
             rng: np.random.Generator) -> GraphBatch:
        """Draw graphs, each of which holds an unseen class.

        Args:
            unseen_ids: The class of each graph.
            rng: Source of randomness.
        """
        return self.graphs.take(
            _draw_numbers(self._holding, unseen_ids, rng))


def _draw_numbers(holding: Mapping[int, np.ndarray],
                  unseen_ids: Sequence[int],
                  rng: np.random.Generator) -> list[int]:
    """Draw a graph for each class among those that may serve it."""
    return [int(holding[u][rng.integers(len(holding[u]))])
            for u in unseen_ids]


def nearest_classes(embeddings: ClassEmbeddings, class_ids: Sequence[int],
                    others: Sequence[int], count: int) -> list[list[int]]:
    """Find the classes whose vectors have the highest cosine.

    Args:
        embeddings: Class vectors of all classes.
        class_ids: Classes to find neighbours of.
        others: Classes that may be neighbours.
        count: How many of them.

    Returns:
        Ids of the neighbours for each class, the nearest first.
    """
    vectors = embeddings.normalized('l2').vectors
    cosine = vectors[list(class_ids)] @ vectors[list(others)].T
    order = np.argsort(-cosine, axis=1, kind='stable')[:, :count]
    return np.asarray(others)[order].tolist()


def read_layouts(source: str | os.PathLike | ConfigPart,
                 split: ClassSplit, *, side: int,
                 min_pixels: int) -> GraphList:
    """Make graphs of label maps without images.

    Args:
        source: A folder of PNG label maps, class ids with 255 for no label
            (65535 where there are more than 255 classes);
            or the config of an mmseg data set without a pipeline, of which
            only the label maps are read.
        split: The split; ids are those of its class list. Ignored classes
            are left out like unlabelled pixels.
        side: Longest side that maps are brought to, by nearest: regions are
            then as coarse as those of the feature maps.
        min_pixels: Pixels of the smallest region that becomes a node.

    Returns:
        The graphs of the maps that show an unseen class.

    Raises:
        FileNotFoundError: The folder is not there or holds no PNG.
        OSError: A file is truncated, or no picture.
        ValueError: The data set's classes are not the split's in the same
            order, it has an image without a label map, or a map has an id
            outside the class list or several channels.
    """
    infos = (_of_dataset(source, split) if isinstance(source, Mapping)
             else _in_folder(Path(source)))
    with mmseg_scope():
        load = label_loader([], split.num_classes)
    hide = HideLabels(split.ignored_ids, split.num_classes)

    def graph(info: dict) -> tuple[np.ndarray, np.ndarray]:
        sample = hide.transform(load(info))
        found = region_graph(shrunk(sample['gt_seg_map'], side),
                             hide.ignore_index, min_pixels=min_pixels)
        return found.node_classes.astype(np.int64), found.edges

    graphs = _map(graph, infos)
    kept = [g for g in graphs if np.isin(g[0], split.unseen_ids).any()]
    print_log(f'{len(kept)} of {len(graphs)} layouts show an unseen class',
              'current')
    return GraphList.of(kept)


def _map(function: Callable[[dict], tuple], infos: Sequence[dict]) -> list:
    """Apply a function in threads (decoding frees Python's lock)."""
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        try:
            results: Iterable = pool.map(function, infos)
            return list(progress(results, len(infos), 'layouts'))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _of_dataset(config: ConfigPart, split: ClassSplit) -> list[dict]:
    """List the data infos of a data set that has the split's classes."""
    dataset = build_inner(config, False)
    name = f'layouts ({type(dataset).__name__})'
    check_classes(dataset.metainfo, split, name)
    infos = list(DataInfos(dataset))
    for info in infos:
        if not info.get('seg_map_path'):
            raise ValueError(
                f'{name}: {info.get("img_path")} has no label map to be a '
                "layout: set seg_map_path in the data set's data_prefix, or "
                "take layouts='strict'")
    return infos


def _in_folder(folder: Path) -> list[dict]:
    """List the PNG files of a folder as data infos."""
    paths = sorted(folder.glob('*.png'))
    if not paths:
        raise FileNotFoundError(
            f'no layouts at {folder}: give a folder of PNG label maps, '
            "'strict', or a data set's config (in configs layouts='paper' is "
            "the training images' own)")
    return [dict(seg_map_path=str(path), seg_fields=[], label_map=None,
                 reduce_zero_label=False) for path in paths]


def shrunk(labels: np.ndarray, side: int) -> np.ndarray:
    """Bring a label map (H, W) to a longest side by nearest; never larger."""
    scale = side / max(labels.shape)
    if scale >= 1:
        return labels
    rows, columns = (
        np.arange(max(1, round(n * scale))) * n // max(1, round(n * scale))
        for n in labels.shape)
    return labels[rows[:, None], columns]
