"""How large the objects of a class are, from label maps."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

_EIGHT = np.ones((3, 3), dtype=bool)


def count_regions(label: np.ndarray, class_ids: Sequence[int]) -> np.ndarray:
    """Count the connected regions of some classes in a label map.

    Pixels that touch, diagonally too, are one region: an object, or the
    objects of a class that touch. The mean object size of a class in a data
    set is the number of its pixels over the number of its regions; SPNet's
    figure 3 orders classes by their "average object size" without saying how
    it is measured.

    Args:
        label: (H, W) class ids.
        class_ids: Classes to count.

    Returns:
        (len(class_ids), ) int64.

    Example:
        >>> count_regions(np.array([[1, 0, 1], [0, 1, 2]]), [1, 2, 3])
        array([1, 1, 0])
    """
    counts = np.zeros(len(class_ids), dtype=np.int64)
    for index, class_id in enumerate(class_ids):
        mask = label == class_id
        rows = mask.any(1).nonzero()[0]
        if len(rows):  # look at the box that holds the class only
            mask = mask[rows[0]:rows[-1] + 1]
            columns = mask.any(0).nonzero()[0]
            counts[index] = ndimage.label(
                mask[:, columns[0]:columns[-1] + 1], _EIGHT)[1]
    return counts
