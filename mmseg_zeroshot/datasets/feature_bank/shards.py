"""Parts of a feature bank, each from a few images, written at once."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mmseg_zeroshot.datasets.protocols import SampleDataset
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.label_values import no_label
from mmseg_zeroshot.utils.randomness import fixed_randomness

from .graphs import ImageGraph, image_graph, shard_arrays
from .pixels import Chosen, choose_pixels
from .stamp import BuildStamp

FULL_DISK = (
    'finished shards are kept: free space (the bank and its shards need it '
    'twice) and run the same command again to go on')
"""What to do about a full disk."""
Extract = Callable[[dict[str, list]], Tensor]
"""From a batch ``dict(inputs=[...], data_samples=[...])`` to (N, C, h, w)."""


@dataclass(frozen=True)
class ShardPlan:
    """What the shards of one build have in common.

    Args:
        folder: Their folder.
        stamp: The build's stamp; written into each shard.
        batch_size: Images that go through the extractor at once.
    """

    folder: Path
    stamp: BuildStamp
    batch_size: int

    @property
    def count(self) -> int:
        """Number of shards."""
        return -(-self.stamp['images'] // self.stamp['shard_images'])

    def images(self, index: int) -> np.ndarray:
        """Return the image indices of a shard: a random part of all.

        So a few shards together are a random sample of the images, also
        where a data set lists them by class or by video.
        """
        rng = np.random.default_rng([self.stamp['seed'], 0x5a])
        order = rng.permutation(self.stamp['images'])
        size = self.stamp['shard_images']
        return np.sort(order[index * size:(index + 1) * size])

    @cached_property
    def split(self) -> ClassSplit:
        """The split of the data set."""
        return ClassSplit.from_dict(self.stamp['split'])

    def path(self, index: int) -> Path:
        """Return the file of a shard."""
        return self.folder / f'shard-{index:06d}.npz'


def build_shard(plan: ShardPlan, index: int, dataset: SampleDataset,
                extract: Extract) -> int:
    """Extract, choose and write the pixels of one shard's images.

    What a shard holds depends on the stamp and its index alone, not on the
    process that makes it.

    Args:
        plan: The plan.
        index: Which shard.
        dataset: A data set of packed samples (``inputs``, ``data_samples``).
        extract: The frozen network.

    Returns:
        Size of the file in bytes.

    Raises:
        ValueError: A label that must be hidden, or features that are not
            finite; names the image.
        OSError: The disk is full.
    """
    chosen: dict[tuple[int, int], tuple[Chosen, ImageGraph | None]] = {}
    for keys, batch in _batches(plan, plan.images(index), dataset):
        chosen.update(zip(keys, _choose_batch(plan, keys, batch, extract)))
    # Images of one size share a batch: back to the order of the data set.
    keys = sorted(chosen)
    parts = [chosen[key][0] for key in keys]
    graphs = [graph for _, graph in (chosen[key] for key in keys)
              if graph is not None]
    path = plan.path(index)
    with atomic_write(path, advice=FULL_DISK) as file:
        np.savez(
            file,
            stamp=np.array(json.dumps(plan.stamp)),
            features=np.concatenate([p.features for p in parts]),
            class_ids=np.concatenate([p.class_ids for p in parts]),
            images=np.repeat(np.array([image for image, _ in keys], np.int32),
                             [len(p.class_ids) for p in parts]),
            pixel_counts=np.sum([p.pixel_counts for p in parts], axis=0),
            **(shard_arrays(graphs) if graphs else {}))
    return path.stat().st_size


def _batches(plan: ShardPlan, images: np.ndarray, dataset: SampleDataset
             ) -> Iterator[tuple[list[tuple[int, int]], list[dict]]]:
    """Yield (image, view) keys and samples of one size, ready to stack."""
    waiting: dict[tuple, list] = {}
    for image in (int(i) for i in images):
        for view in range(plan.stamp['views']):
            with fixed_randomness(plan.stamp['seed'], image, view):
                sample = dataset[image]
            size = tuple(sample['inputs'].shape)
            group = waiting.setdefault(size, [])
            group.append(((image, view), sample))
            if len(group) == plan.batch_size:
                yield _split(waiting.pop(size))
    for group in waiting.values():
        yield _split(group)


def _split(group: list) -> tuple[list[tuple[int, int]], list[dict]]:
    return [key for key, _ in group], [sample for _, sample in group]


def _choose_batch(plan: ShardPlan, keys: list[tuple[int, int]],
                  batch: list[dict], extract: Extract
                  ) -> list[tuple[Chosen, ImageGraph | None]]:
    samples = [item['data_samples'] for item in batch]
    with torch.no_grad():
        features = extract(dict(inputs=[item['inputs'] for item in batch],
                                data_samples=samples))
    if features.ndim != 4 or len(features) != len(batch):
        raise ValueError(
            f'the extractor returned {tuple(features.shape)} for '
            f'{len(batch)} images: expected ({len(batch)}, C, h, w)')
    finite = features.isfinite().flatten(1).all(dim=1).tolist()
    result = []
    for n, (image, view) in enumerate(keys):
        name = f'{getattr(samples[n], "img_path", "")} (image {image})'
        if not finite[n]:
            raise ValueError(
                f'the features of {name} hold NaN or infinite values: check '
                'the checkpoint and the image')
        labels = samples[n].gt_sem_seg.data
        seed = [plan.stamp['seed'], image, view]
        pixels = choose_pixels(
            features[n], labels, split=plan.split,
            max_vectors=plan.stamp['max_vectors'],
            rng=np.random.default_rng(seed), name=name)
        graph = None
        if plan.stamp.get('graphs'):
            # A stream of its own: graphs do not change the chosen pixels.
            graph = image_graph(
                features[n], labels, **plan.stamp['graphs'],
                rng=np.random.default_rng([*seed, 1]),
                ignore_index=no_label(plan.split.num_classes))
        result.append((pixels, graph))
    return result
