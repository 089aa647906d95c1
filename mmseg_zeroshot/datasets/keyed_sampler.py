"""Training images whose augmentation depends on the draw alone."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from mmengine.dataset import InfiniteSampler
from mmseg.registry import DATA_SAMPLERS
from torch.utils.data import Dataset

from mmseg_zeroshot.utils.randomness import kept_generators, seed_generators


class Draw(int):
    """The index of a sample that also knows when it is drawn.

    Args:
        index: Position in the data set.
        key: Seed of the sampler, and how many samples it drew before, those
            of all processes.
    """

    key: tuple[int, int]

    def __new__(cls, index: int, key: tuple[int, int]) -> Draw:
        """Make the number."""
        draw = super().__new__(cls, index)
        draw.key = key
        return draw

    def __getnewargs__(  # type: ignore[override]  # for pickle
            self) -> tuple[int, tuple[int, int]]:
        return int(self), self.key


@DATA_SAMPLERS.register_module()
class KeyedInfiniteSampler(InfiniteSampler):
    """An infinite sampler that decides about augmentations, too.

    The order of the samples is that of MMEngine's ``InfiniteSampler``. Before
    a sample is made, the generators of Python, NumPy and torch, which
    transforms draw from, are seeded by the sampler's seed and the number of
    the draw. So a training sees the same pixels

    - with any number of loader workers,
    - in one process or several with as many images a step in all,
    - if it is resumed, wherever it was stopped.

    The generators of the main process stay as they are. A data set whose
    samples depend on the index alone, such as :class:`FeatureBankDataset`,
    needs no more than ``InfiniteSampler``.

    Args:
        dataset: The data set. Its ``__getitems__``, by which PyTorch's
            loader takes a batch from it, is set.
        shuffle: Whether the samples are shuffled. Default: True.
        seed: Seed of order and augmentations. Default: None, drawn.

    Example:
        >>> train_dataloader = dict(
        ...     batch_size=8, num_workers=4,
        ...     sampler=dict(type='KeyedInfiniteSampler', shuffle=True),
        ...     dataset=dict(type='ZeroShotDataset'))
    """

    def __init__(self, dataset: Dataset, shuffle: bool = True,
                 seed: int | None = None) -> None:
        super().__init__(dataset, shuffle, seed)
        # No wrapper of the data set: configs, and hooks that look into it,
        # find it as it is. ConcatDataset and the like would lose the key.
        dataset.__getitems__ = partial(  # type: ignore[attr-defined]
            keyed_samples, dataset)

    def _infinite_indices(self) -> Iterator[int]:
        """Yield the draws of all processes; each takes every n-th."""
        for number, index in enumerate(super()._infinite_indices()):
            yield Draw(index, (self.seed, number))


def keyed_samples(dataset: Dataset, draws: Sequence[Draw]) -> list[Any]:
    """Return a batch, each sample with the augmentation of its draw.

    Args:
        dataset: The data set.
        draws: Of :class:`KeyedInfiniteSampler`.
    """
    samples = []
    with kept_generators():
        for draw in draws:
            seed_generators(*draw.key)
            # Plain, since it stays in the sample's metainfo.
            samples.append(dataset[int(draw)])
    return samples
