"""Class maps of one model that were computed in two ways."""
import numpy as np


def assert_same_decisions(one: np.ndarray, other: np.ndarray) -> None:
    """Compare decisions on scores that were summed in another order.

    Another batch or another number of classes, and so another order of sums,
    moves a score by about 1e-6 of its size. This turns a decision where two
    scores tie as closely, which fewer than one pixel in a thousand does. A
    wrong class takes hundreds.
    """
    assert one.shape == other.shape
    assert np.mean(one != other) < 1e-3
