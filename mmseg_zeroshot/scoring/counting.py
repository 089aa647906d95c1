"""Pixels of each (true id, predicted id), counted by runs of equal ones."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Runs(NamedTuple):
    """Stretches of pixels in which neither id changes.

    Attributes:
        truth: (R, ) true id of each.
        prediction: (R, ) predicted id of each.
        lengths: (R, ) pixels of each.
    """

    truth: np.ndarray
    prediction: np.ndarray
    lengths: np.ndarray


def find_runs(truth: np.ndarray, prediction: np.ndarray) -> Runs:
    """Cut two label maps into runs, row after row.

    Label maps are made of areas, so there are far fewer runs than pixels,
    and all that follows looks at these. Of noise there are as many.

    Args:
        truth: (H, W) ids.
        prediction: (H, W) ids.

    Returns:
        The runs.
    """
    truth, prediction = truth.ravel(), prediction.ravel()
    changes = np.ones(len(truth), bool)
    inside = changes[1:]
    np.not_equal(truth[1:], truth[:-1], out=inside)
    inside |= prediction[1:] != prediction[:-1]
    starts = changes.nonzero()[0]
    lengths = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=lengths[:-1])
    lengths[-1:] = len(truth) - starts[-1:]
    return Runs(truth[starts], prediction[starts], lengths)


def count_pairs(runs: Runs, shape: tuple[int, int]) -> np.ndarray:
    """Add up the pixels of runs by their two ids.

    Args:
        runs: Of one image or several.
        shape: (T, P), more than every true and every predicted id.

    Returns:
        (T, P) int64 pixels, rows truth.
    """
    places = runs.truth.astype(np.int64) * shape[1] + runs.prediction
    # Sums of whole numbers are exact in float64 up to 2^53.
    counts = np.bincount(places, runs.lengths, minlength=shape[0] * shape[1])
    return counts.astype(np.int64).reshape(shape)
