"""Real features of seen classes with layouts for the unseen ones."""
from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from mmseg.registry import DATASETS

from mmseg_zeroshot.datasets.feature_bank.dataset import FeatureBankDataset
from mmseg_zeroshot.datasets.feature_bank.graph_reader import BankGraphs
from mmseg_zeroshot.datasets.feature_bank.stamp import check_numbers
from mmseg_zeroshot.semantics import (
    ClassEmbeddings,
    ClassSplit,
    load_embeddings,
)
from mmseg_zeroshot.utils.typing_utils import ConfigPart

from .layouts import MaskLayouts, RenamedLayouts, read_layouts

STRICT = 'strict'


@DATASETS.register_module()
class GraphLayoutDataset(FeatureBankDataset):
    """What the classifier of ZS3Net with graph context learns from.

    An item of :class:`FeatureBankDataset` (real features of seen classes),
    and beside it graphs in which unseen classes have their place, as one
    graph with more components:

    - ``node_classes`` (V, ) int64; every unseen class occurs,
    - ``edges`` (E, 2) int64.

    Layouts (ZS3Net, section 2.2: "manual sketches or semantic segmentation
    masks"):

    - ``'strict'``: graphs of the bank, that is of seen images; one node of
      the nearest seen class by word vector is renamed to the unseen class.
      No label of an unseen class is used.
    - the config of a data set: its true masks; results are labelled
      ``paper``.
    - a folder of PNG label maps of your own, without images, such as
      sketches; ``paper`` as well.

    Args:
        bank: Folder that ``mmseg-zeroshot build-feature-bank`` made, with
            graphs.
        split: The split; must be the bank's.
        layouts: ``'strict'``, a folder, or a data set's config without a
            pipeline. Default: 'strict'.
        embeddings: Class vectors, for ``'strict'``.
        neighbors: How many nearest seen classes of an unseen class may give
            it their place, for ``'strict'``. Default: 1.
        num_layouts: Graphs of an item; unseen classes take turns in them.
            At least their number. Default: 32.
        side: Longest side that label maps are brought to. Default: None,
            that of the bank's feature maps.
        min_pixels: Pixels of the smallest region of a label map that becomes
            a node. Default: None, as in the bank.
        num_vectors: See :class:`FeatureBankDataset`, as for the rest.
        length: Number of items.
        seed: Seed of all drawings. Default: 0.
        checkpoint: File that the bank's extractor must come from.
        feature_dim: Width C that the bank must have.
        missing: ``'error'`` or ``'skip'``.

    Raises:
        ValueError: The bank has no graphs, the layouts cannot be used (see
            :func:`read_layouts`), or a number is out of range.
        FileNotFoundError: The bank, the checkpoint or the folder is missing.
    """

    def __init__(self,
                 bank: str | os.PathLike,
                 split: str | Mapping | ClassSplit,
                 *,
                 layouts: str | os.PathLike | ConfigPart = STRICT,
                 embeddings: str | Sequence[str] | ClassEmbeddings
                 | None = None,
                 neighbors: int = 1,
                 num_layouts: int = 32,
                 side: int | None = None,
                 min_pixels: int | None = None,
                 num_vectors: int = 128,
                 length: int = 1_000_000,
                 seed: int = 0,
                 checkpoint: str | os.PathLike | None = None,
                 feature_dim: int | None = None,
                 missing: str = 'error') -> None:
        super().__init__(bank, split, num_vectors=num_vectors, length=length,
                         seed=seed, checkpoint=checkpoint,
                         feature_dim=feature_dim, missing=missing)
        graphs = BankGraphs(self.bank)
        side = graphs.side if side is None else side
        min_pixels = graphs.min_pixels if min_pixels is None else min_pixels
        check_numbers(side=(side, 2), min_pixels=(min_pixels, 1),
                      num_layouts=(num_layouts, len(self.split.unseen)))
        self.num_layouts = num_layouts
        self.strict = layouts == STRICT
        self.layouts: RenamedLayouts | MaskLayouts
        if self.strict:
            self.layouts = RenamedLayouts(
                graphs, self.split, _vectors(embeddings, self.split),
                neighbors)
        else:
            found = read_layouts(layouts, self.split, side=side,
                                 min_pixels=min_pixels)
            self.layouts = MaskLayouts(found, self.split, _name(layouts))

    @property
    def metainfo(self) -> dict[str, Any]:
        """As of the bank, and ``layouts``: 'strict' or 'label maps'."""
        return dict(super().metainfo,
                    layouts=STRICT if self.strict else 'label maps')

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        item = super().__getitem__(index)
        # Apart from the drawing of features, which stays that of the bank.
        rng = np.random.default_rng([self.seed, index, 1])
        unseen = self.layouts.unseen_ids
        turns = np.resize(rng.permutation(len(unseen)), self.num_layouts)
        graphs = self.layouts.draw([unseen[turn] for turn in turns], rng)
        return dict(
            item,
            node_classes=torch.from_numpy(graphs.node_classes),
            edges=torch.from_numpy(graphs.edges))


def _vectors(embeddings: str | Sequence[str] | ClassEmbeddings | None,
             split: ClassSplit) -> ClassEmbeddings:
    if embeddings is None:
        raise ValueError("layouts='strict' renames nodes by word vectors: "
                         "give GraphLayoutDataset the head's `embeddings`")
    if isinstance(embeddings, ClassEmbeddings):
        return embeddings.select(split.classes)
    return load_embeddings(embeddings, split.classes)


def _name(layouts: str | os.PathLike | ConfigPart) -> str:
    """Say in a few words where layouts come from."""
    if isinstance(layouts, Mapping):
        return f'{layouts.get("type")} ({layouts.get("data_root", "")})'
    return str(layouts)
