"""Which images to show."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def choose_images(labels: Sequence[np.ndarray], unseen: Sequence[int],
                  count: int) -> list[int]:
    """Choose images that show much of many unseen classes.

    The first of the images with the most unseen classes not shown yet, again
    and again; with as many, the one with the larger share of them.

    Args:
        labels: (H, W) label maps.
        unseen: Ids of the unseen classes.
        count: Number of images.

    Returns:
        Their positions in ascending order, at most one for each label map.
    """
    shares = np.stack([class_shares(label, unseen) for label in labels])
    chosen: list[int] = []
    missing = np.ones(len(unseen), bool)
    while len(chosen) < min(count, len(labels)):
        shown = shares > 0.01
        order = np.lexsort((-shares.sum(1), -(shown & missing).sum(1)))
        best = next(int(i) for i in order if i not in chosen)
        chosen.append(best)
        missing &= ~shown[best]
        if not missing.any():
            missing[:] = True
    return sorted(chosen)


def class_shares(label: np.ndarray, class_ids: Sequence[int]) -> np.ndarray:
    """Return the share of an image's pixels that each class has.

    Args:
        label: (H, W) class ids, below 256.
        class_ids: Which classes.
    """
    counts = np.bincount(label.ravel(), minlength=256)
    return counts[list(class_ids)] / label.size
