"""Every image scored by itself: what panels and lists are chosen by."""
from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from mmseg.structures import SegDataSample

from mmseg_zeroshot.utils.label_values import no_label

from .confusion import confusion_matrix
from .scores import class_ratios


class ImageScores(NamedTuple):
    """What one pass over N images of K classes found.

    Attributes:
        names: N file names.
        ious: (N, K) percent of each class in each image; NaN where it is not
            in the image's truth.
        shares: (N, K) of the image's pixels, by the truth.
        confusion: (K, K) pixels of all images, rows truth.
    """

    names: list[str]
    ious: np.ndarray
    shares: np.ndarray
    confusion: np.ndarray


def score_images(samples: Iterable[SegDataSample],
                 num_classes: int) -> ImageScores:
    """Score segmented images one by one.

    Args:
        samples: With prediction and truth, at least one.
        num_classes: K.

    Returns:
        The scores in the order of the images.
    """
    total = np.zeros((num_classes, num_classes), dtype=np.int64)
    names, ious, shares = [], [], []
    for sample in samples:
        truth = sample.gt_sem_seg.data[0]
        counts = confusion_matrix(sample.pred_sem_seg.data[0], truth,
                                  num_classes,
                                  no_label(num_classes)).cpu().numpy()
        total += counts
        iou = 100 * class_ratios(counts.astype(float))[1]
        iou[counts.sum(1) == 0] = np.nan
        names.append(os.path.basename(sample.img_path))
        ious.append(iou)
        shares.append(counts.sum(1) / truth.numel())
    return ImageScores(names, np.stack(ious), np.stack(shares), total)
