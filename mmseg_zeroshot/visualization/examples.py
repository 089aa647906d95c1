"""Which images to show."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def choose_images(labels: Sequence[np.ndarray], unseen: Sequence[int],
                  count: int, *, apart: int = 0) -> list[int]:
    """Choose images that show much of many unseen classes.

    Args:
        labels: (H, W) label maps.
        unseen: Ids of the unseen classes.
        count: Number of images.
        apart: See :func:`choose_by_shares`.

    Returns:
        Of :func:`choose_by_shares`.
    """
    return choose_by_shares(
        np.stack([class_shares(label, unseen) for label in labels]), count,
        apart=apart)


def choose_by_shares(shares: np.ndarray, count: int, *,
                     apart: int = 0) -> list[int]:
    """Choose images that show much of many classes.

    The first of the images with the most classes not shown yet, again and
    again; with as many, the one with the larger share of them.

    Args:
        shares: (N, U) part of each image's pixels that each class has.
        count: Number of images.
        apart: An image at most so many positions from a chosen one is taken
            only if no other shows any of the classes.

    Returns:
        Their positions in ascending order, at most N.
    """
    chosen: list[int] = []
    missing = np.ones(shares.shape[1], bool)
    places = np.arange(len(shares))
    late = np.zeros(len(shares), int)
    while len(chosen) < min(count, len(shares)):
        shown = shares > 0.01
        order = np.lexsort((-shares.sum(1), -(shown & missing).sum(1), late))
        best = next(int(i) for i in order if i not in chosen)
        chosen.append(best)
        missing &= ~shown[best]
        if apart:
            late[abs(places - best) <= apart] = 1
            late[~shown.any(1)] = 2
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


def best_and_hardest(ious: Sequence[float] | np.ndarray,
                     shares: Sequence[float] | np.ndarray, count: int, *,
                     min_share: float = 0.01) -> tuple[list[int], list[int]]:
    """Choose the images in which a class is segmented best and worst.

    Args:
        ious: The class's IoU in each image; NaN where it does not occur.
        shares: Its share of each image's pixels. Specks do not count.
        count: Images of either kind.
        min_share: Least share.

    Returns:
        Positions of the best, best first, and of the hardest, worst first;
        no image is both. Of equal ones the one with more of the class comes
        first.
    """
    scores, sizes = np.asarray(ious, float), np.asarray(shares, float)
    able = np.flatnonzero((sizes >= min_share) & np.isfinite(scores))
    best = able[np.lexsort((-sizes[able], -scores[able]))]
    hardest = able[np.lexsort((-sizes[able], scores[able]))]
    first = [int(i) for i in best[:min(count, -(-len(able) // 2))]]
    return first, [int(i) for i in hardest if i not in first][:count]
