"""Steps of balanced feature sets, drawn from a bank."""
from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from mmengine.logging import print_log
from mmseg.registry import DATASETS
from torch.utils.data import Dataset

from mmseg_zeroshot.semantics import ClassSplit, build_split

from .bank import FeatureBank
from .stamp import check_numbers

MISSING = ('error', 'skip')


@DATASETS.register_module()
class FeatureBankDataset(Dataset):
    """Pixel features of a bank, one training step per item.

    Item ``i`` holds, of each of the S seen classes that have pixels in the
    bank, N random vectors:

    - ``features`` (S, N, C) float16,
    - ``class_ids`` (S, ) int64, ascending,
    - ``frequency`` (S, ) float32, the natural share of each class among
      the labelled pixels; sums to 1.

    An item depends on ``seed`` and ``i`` alone, however many loader processes
    there are. Load the data set with ``batch_size=1`` and
    ``collate_fn=dict(type='default_collate')``. Drawing an item takes about
    a millisecond, less than handing it over from another process.

    Args:
        bank: Folder made by ``mmseg-zeroshot build-feature-bank``.
        split: The split; must be the bank's.
        num_vectors: N. Default: 128.
        length: Number of items; an item costs nothing before it is drawn.
            Default: 1,000,000.
        seed: Seed of all drawings. Default: 0.
        checkpoint: File that the bank's extractor must come from. Default:
            None, not checked.
        feature_dim: Width C that the bank must have. Default: None, not
            checked.
        missing: ``'error'`` refuses a bank in which a seen class has no
            pixels, ``'skip'`` trains without it. Default: 'error'.

    Raises:
        ValueError: The bank is not what is expected (see
            :meth:`FeatureBank.open`), a number is out of range, or a seen
            class has no pixels.
        FileNotFoundError: There is no such bank or checkpoint.

    Example:
        >>> train_dataloader = dict(
        ...     batch_size=1, num_workers=0,
        ...     sampler=dict(type='InfiniteSampler', shuffle=False),
        ...     collate_fn=dict(type='default_collate'),
        ...     dataset=dict(type='FeatureBankDataset',
        ...                  bank='work_dirs/bank', split='voc12-zs3-k2'))
    """

    def __init__(self,
                 bank: str | os.PathLike,
                 split: str | Mapping | ClassSplit,
                 *,
                 num_vectors: int = 128,
                 length: int = 1_000_000,
                 seed: int = 0,
                 checkpoint: str | os.PathLike | None = None,
                 feature_dim: int | None = None,
                 missing: str = 'error') -> None:
        check_numbers(num_vectors=(num_vectors, 1), length=(length, 1),
                      seed=(seed, 0))
        if missing not in MISSING:
            raise ValueError(
                f'missing must be one of {MISSING}, got {missing!r}')
        self.split = build_split(split)
        self.bank = FeatureBank.open(bank, split=self.split,
                                     checkpoint=checkpoint,
                                     feature_dim=feature_dim)
        self.num_vectors = num_vectors
        self.length = length
        self.seed = seed
        self.class_ids = self._present(missing)
        self.frequency = torch.from_numpy(self.bank.frequency(self.class_ids))

    def _present(self, missing: str) -> tuple[int, ...]:
        """Ids of the seen classes that the bank has rows of."""
        absent = [name for name, i in zip(self.split.seen,
                                          self.split.seen_ids)
                  if not self.bank.vectors[i]]
        if absent and missing == 'error':
            raise ValueError(
                f'feature bank {self.bank.path} holds no pixel of the seen '
                f'class(es) {", ".join(absent)}: add images of them, ignore '
                "them in the split, or train without them (missing='skip')")
        if absent:
            print_log(f'{type(self).__name__} trains without '
                      f'{", ".join(absent)}: no pixel in the bank', 'current')
        if len(absent) == len(self.split.seen):
            raise ValueError(f'feature bank {self.bank.path} is empty')
        return tuple(i for i in self.split.seen_ids if self.bank.vectors[i])

    @property
    def metainfo(self) -> dict[str, Any]:
        """Classes, palette, split, split mode and extractor; plain types."""
        stamp = self.bank.stamp
        return copy.deepcopy(dict(
            classes=self.split.classes, palette=stamp['palette'],
            split=self.split.to_dict(), split_mode=stamp['split_mode'],
            feature_dim=self.bank.feature_dim,
            extractor=stamp['checkpoint']))

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        if not 0 <= index < self.length:
            raise IndexError(f'item {index} of {self.length}')
        rng = np.random.default_rng([self.seed, index])
        rows = self.bank.sample(self.class_ids, self.num_vectors, rng)
        return dict(
            features=torch.from_numpy(rows),
            class_ids=torch.tensor(self.class_ids),
            frequency=self.frequency.clone())

    def __repr__(self) -> str:
        return (f'{type(self).__name__}({str(self.bank.path)!r}, '
                f'split={self.split.name!r}, classes={len(self.class_ids)}, '
                f'num_vectors={self.num_vectors})')
