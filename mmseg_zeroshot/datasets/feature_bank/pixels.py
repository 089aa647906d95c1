"""Which pixels of an image go into a feature bank."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.label_maps import labels_at_features
from mmseg_zeroshot.utils.label_values import label_type, no_label


class Chosen(NamedTuple):
    """The chosen pixels of one view of one image."""

    features: np.ndarray  # (m, C) float16
    class_ids: np.ndarray  # (m,) uint8 or uint16, ascending
    pixel_counts: np.ndarray  # (K,) int64, all labelled pixels


def choose_pixels(features: Tensor, labels: Tensor, *, split: ClassSplit,
                  max_vectors: int, rng: np.random.Generator,
                  name: str) -> Chosen:
    """Draw at most ``max_vectors`` pixels of each class of one image.

    Args:
        features: (C, h, w).
        labels: (1, H, W) ids; :func:`labels_at_features` brings them to
            (h, w).
        split: The split; labels of unseen and ignored classes must be gone.
        max_vectors: Most pixels of a class.
        rng: Source of randomness.
        name: The image, for messages.

    Returns:
        The pixels, by class.

    Raises:
        ValueError: A label that must not be there, or a feature too large
            for float16.
    """
    check_labels(labels, split, name)
    small = labels_at_features(labels, features.shape[-2:])
    ids = small.flatten().cpu().numpy().astype(label_type(split.num_classes))
    # A random order in which each class's pixels are neighbours.
    order = np.lexsort((rng.random(len(ids)), ids))
    values, starts, counts = np.unique(ids[order], return_index=True,
                                       return_counts=True)
    rank = np.arange(len(ids)) - np.repeat(starts, counts)
    order = order[(rank < max_vectors) & (ids[order] < split.num_classes)]
    rows = torch.from_numpy(order).to(features.device)
    vectors = features.flatten(1)[:, rows].T.half().cpu().numpy()
    if not np.isfinite(vectors).all():
        raise ValueError(
            f'the features of {name} exceed float16 (65504): the host should '
            'end in a normalised layer')
    totals = np.zeros(no_label(split.num_classes) + 1, np.int64)
    totals[values] = counts
    return Chosen(np.ascontiguousarray(vectors), ids[order],
                  totals[:split.num_classes])


def check_labels(labels: Tensor, split: ClassSplit, name: str) -> None:
    """Raise if a label map holds a class that must not be trained.

    Args:
        labels: Ids, or no label.
        split: The split.
        name: The image, for the message.

    Raises:
        ValueError: Naming the class.
    """
    unlabelled = no_label(split.num_classes)
    found = torch.bincount(
        labels.flatten().long(), minlength=unlabelled + 1)
    allowed = torch.zeros(len(found), dtype=torch.bool)
    allowed[[*split.seen_ids, unlabelled]] = True
    wrong = torch.nonzero(found.cpu().bool() & ~allowed).flatten().tolist()
    if not wrong:
        return
    known = wrong[0] < split.num_classes
    what = (f'unseen or ignored class {split.classes[wrong[0]]!r}' if known
            else f'id {wrong[0]}, which no class has')
    raise ValueError(
        f'the labels of {name} hold {what}: a bank is built from a '
        f"ZeroShotDataset with mode 'ignore' or 'drop' and the split "
        f'{split.name!r}')
