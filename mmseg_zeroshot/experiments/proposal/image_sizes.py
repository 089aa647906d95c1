"""Sizes of images and crops, and loader processes."""
from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmseg_zeroshot.experiments.folder_data import FolderData

_STEP = 32
"""Networks enlarge by powers of two: crops are multiples of this."""


@dataclass(frozen=True)
class Sizes:
    """Sizes to train with, in pixels.

    Attributes:
        typical: (width, height), the median of the images'.
        size: Images are scaled to fit into this (width, height).
        crop: (height, width) of a training crop.
    """

    typical: tuple[int, int]
    size: tuple[int, int]
    crop: tuple[int, int]


def propose_sizes(sizes: Mapping[tuple[int, int], int]) -> Sizes | None:
    """Propose sizes: images no larger than they are, crops inside them.

    Args:
        sizes: Images by their (width, height).

    Returns:
        The sizes, None if no image was read.
    """
    if not sizes:
        return None
    both = np.repeat([sorted(size) for size in sizes], list(sizes.values()),
                     axis=0)
    short, long = np.median(both, axis=0)
    side = int(min(long, FolderData.size[0]))
    shown = short * side / long
    crop = int(max(min(0.8 * side, shown) // _STEP, 1) * _STEP)
    wide = sum(count for (width, height), count in sizes.items()
               if width >= height)
    typical = int(long), int(short)
    if 2 * wide < len(both):
        typical = typical[::-1]
    return Sizes(typical, (side, side), (crop, crop))


def propose_workers() -> int:
    """Propose how many processes load images: half the cores, at most 4."""
    return max(1, min(4, (os.cpu_count() or 2) // 2))
