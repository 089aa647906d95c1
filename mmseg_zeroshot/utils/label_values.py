"""Which pixel values of a label map are class ids."""
from __future__ import annotations

import numpy as np

MOST = 255
"""Largest value that is kept: label maps are held in bytes."""


def odd_values(values: np.ndarray) -> np.ndarray:
    """Tell which values a byte cannot hold, so that a cast changes them.

    Args:
        values: Pixel values, of any shape and number type.

    Returns:
        Of the same shape: true where a value is negative, above 255, no
        whole number or NaN.
    """
    if values.dtype in (np.uint8, np.bool_):
        return np.zeros(values.shape, bool)
    return (values < 0) | (values > MOST) | (values != np.floor(values))


def first_odd_value(values: np.ndarray) -> float | None:
    """Return the first of :func:`odd_values`; None if there is none.

    Args:
        values: Pixel values, of any shape and number type.

    Example:
        >>> first_odd_value(np.array([[0, 255], [258, -1]], np.int32))
        258
    """
    odd = odd_values(values)
    return values[odd][0].item() if odd.any() else None
