"""Batches of region graphs with the real features of their nodes."""
from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np
import torch
from mmseg.registry import DATASETS

from mmseg_zeroshot.datasets.feature_bank.dataset import FeatureBankDataset
from mmseg_zeroshot.datasets.feature_bank.graph_reader import (
    ADVICE,
    BankGraphs,
)
from mmseg_zeroshot.datasets.feature_bank.stamp import check_numbers
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.typing_utils import Sample

NODE_FEATURES = ('mean', 'pixels')


@DATASETS.register_module()
class GraphBankDataset(FeatureBankDataset):
    """Region graphs of seen images, some of them per training step.

    What the generator of ZS3Net with graph context learns from. Item ``i``
    holds ``num_graphs`` graphs as one with more components:

    - ``node_features`` (V, P, C) float16: the mean over each node's region
      (P = 1), or P single pixels of it,
    - ``node_classes`` (V, ) int64,
    - ``edges`` (E, 2) int64.

    The classes of the bank take turns, and of each a graph is drawn that
    holds it: rare classes are met as often as frequent ones. An item depends
    on ``seed`` and ``i`` alone. Load it with ``batch_size=1`` and
    ``collate_fn=dict(type='default_collate')``.

    Args:
        bank: Folder made by ``mmseg-zeroshot build-feature-bank`` with graphs.
        split: The split; must be the bank's.
        num_graphs: Graphs of an item. Default: 32.
        node_features: ``'mean'`` or ``'pixels'``. Default: 'pixels'.
        length: See :class:`FeatureBankDataset`, as for the rest.
        seed: Seed of all drawings. Default: 0.
        checkpoint: File that the bank's extractor must come from.
        feature_dim: Width C that the bank must have.
        missing: ``'error'`` or ``'skip'``.

    Raises:
        ValueError: The bank has no graphs, or is not what is expected.
        FileNotFoundError: There is no such bank or checkpoint.

    Example:
        >>> train_dataloader = dict(
        ...     batch_size=1, num_workers=0,
        ...     sampler=dict(type='InfiniteSampler', shuffle=False),
        ...     collate_fn=dict(type='default_collate'),
        ...     dataset=dict(type='GraphBankDataset',
        ...                  bank='work_dirs/bank', split='context-zs3-k2'))
    """

    def __init__(self,
                 bank: str | os.PathLike,
                 split: str | Mapping | ClassSplit,
                 *,
                 num_graphs: int = 32,
                 node_features: str = 'pixels',
                 length: int = 1_000_000,
                 seed: int = 0,
                 checkpoint: str | os.PathLike | None = None,
                 feature_dim: int | None = None,
                 missing: str = 'error') -> None:
        super().__init__(bank, split, length=length, seed=seed,
                         checkpoint=checkpoint, feature_dim=feature_dim,
                         missing=missing)
        check_numbers(num_graphs=(num_graphs, 1))
        if node_features not in NODE_FEATURES:
            raise ValueError(f'node_features must be one of {NODE_FEATURES}, '
                             f'got {node_features!r}')
        self.graphs = BankGraphs(self.bank)
        if node_features == 'pixels' and not self.graphs.pixels:
            raise ValueError(
                f"node_features='pixels', but feature bank {self.bank.path} "
                f'keeps no single pixels of its nodes (graphs.pixels=0): '
                f"{ADVICE}, or set node_features='mean'")
        self.num_graphs = num_graphs
        self.node_features = node_features
        found = self.graphs.counts(self.split.num_classes)
        self._holding = [self.graphs.holding([i]) for i in self.class_ids
                         if found[i]]

    def __getitem__(self, index: int) -> Sample:
        if not 0 <= index < self.length:
            raise IndexError(f'item {index} of {self.length}')
        rng = np.random.default_rng([self.seed, index])
        numbers = draw_graphs(self._holding, self.num_graphs, rng)
        batch = self.graphs.take(numbers)
        rows = self.graphs.features(numbers, batch)
        mean = self.node_features == 'mean'
        return dict(
            node_features=torch.from_numpy(rows[:, :1] if mean
                                           else rows[:, 1:]),
            node_classes=torch.from_numpy(batch.node_classes),
            edges=torch.from_numpy(batch.edges))


def draw_graphs(holding: list[np.ndarray], num: int,
                rng: np.random.Generator) -> np.ndarray:
    """Draw graphs such that every class takes its turn.

    Args:
        holding: For each class, the graphs that hold it.
        num: How many.
        rng: Source of randomness.

    Returns:
        (num, ) numbers of graphs.
    """
    turns = np.concatenate([rng.permutation(len(holding))
                            for _ in range(-(-num // len(holding)))])[:num]
    return np.array([rng.choice(holding[turn]) for turn in turns])
