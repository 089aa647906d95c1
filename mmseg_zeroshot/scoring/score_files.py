"""Scores of classes, an array of each image."""
from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .arrays import ARRAYS, read_array
from .sources import Source

_STEP = 8
"""Every so manieth row and column tells probabilities from logits."""


class ScoreMap(NamedTuple):
    """The scores of an image.

    Attributes:
        scores: (K, H, W) float32 or float64.
        dtype: The type in the file, such as ``'float16'``.
        digest: SHA-256 of the file.
    """

    scores: np.ndarray
    dtype: str
    digest: str


class ScoreFiles:
    """Arrays of scores, one file an image.

    Args:
        source: Has the files.
        num_classes: K, the classes of an array.
    """

    def __init__(self, source: Source, num_classes: int) -> None:
        self.place = source.place
        self._source, self._size = source, num_classes
        self.names: Sequence[str] = [
            name for name in source.names if name.lower().endswith(ARRAYS)]

    def load(self, name: str) -> ScoreMap:
        """Read the scores of an image.

        Args:
            name: One of ``names``.

        Raises:
            ValueError: The file holds no finite scores of the K classes.
        """
        data = self._source.read(name)
        values = read_array(data)
        kind = str(values.dtype)
        return ScoreMap(self._checked(values), kind,
                        hashlib.sha256(data).hexdigest())

    def _checked(self, values: np.ndarray) -> np.ndarray:
        if values.ndim == 4 and len(values) == 1:
            values = values[0]
        if values.ndim != 3 or len(values) != self._size:
            turned = values.ndim == 3 and values.shape[-1] == self._size
            raise ValueError(
                f'has the shape {values.shape}, and scores are (classes, '
                f'height, width) of {self._size} classes'
                + ('; write array.transpose(2, 0, 1)' if turned else ''))
        if values.dtype.kind != 'f':
            raise ValueError(f'holds {values.dtype} and no scores')
        scores = values if values.dtype == np.float64 else values.astype(
            np.float32, copy=False)
        highest = scores.max()
        if not highest < np.inf:  # also NaN
            raise ValueError(f'holds {highest} among the scores')
        return scores


def are_scores(values: np.ndarray) -> bool:
    """Say whether an array holds scores of classes and no label map.

    Args:
        values: Of any shape and type.
    """
    return values.dtype.kind == 'f' and values.ndim >= 3 and (
        values.shape[-3] > 1)


def are_probabilities(scores: np.ndarray) -> bool:
    """Say whether scores are probabilities.

    Args:
        scores: (K, H, W).
    """
    some = scores[:, ::_STEP, ::_STEP]
    return bool((some >= 0).all() and np.allclose(some.sum(0), 1, atol=1e-2))
