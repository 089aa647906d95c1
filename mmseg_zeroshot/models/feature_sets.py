"""Pixel features as sets, one per class: what generator and classifier eat."""
from __future__ import annotations

from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from mmseg_zeroshot.utils.label_maps import labels_at_features

ClassLosses: TypeAlias = dict[str, list[tuple[Tensor, Tensor]]]
"""What each class added to the last losses, for who looks for the class of a
NaN: pairs of class ids (B,) and detached values (B,), by name of a loss."""


class FeatureSets(NamedTuple):
    """Equally large sets of pixel features, one set per class.

    Attributes:
        features: (B, N, C) pixel features.
        class_ids: (B, ) class of each set, int64.
        frequency: (B, ) share of the class among the labelled pixels that
            the sets were drawn from; sums to 1.
    """

    features: Tensor
    class_ids: Tensor
    frequency: Tensor

    def to(self, device: torch.device | str) -> FeatureSets:
        """Return the sets on a device, the features in float32."""
        return FeatureSets(
            self.features.to(device, torch.float32, non_blocking=True),
            self.class_ids.to(device, non_blocking=True),
            self.frequency.to(device, torch.float32, non_blocking=True))


def gather_feature_sets(features: Tensor,
                        labels: Tensor,
                        num: int,
                        per_image: bool = False,
                        ignore_index: int = 255) -> FeatureSets | None:
    """Draw ``num`` pixel features of every class that a batch shows.

    Args:
        features: (N, C, h, w) pixel features.
        labels: (N, H, W) or (N, 1, H, W) class ids.
        num: Vectors per set, drawn with replacement.
        per_image: Whether every image gives sets of its own, as in ZS3Net's
            released code, or the batch gives one per class.
        ignore_index: Label of pixels to leave out.

    Returns:
        The sets, in ascending order of image and class, or None if no pixel
        is labelled.
    """
    labels = labels_at_features(labels, features.shape[2:])
    keys = labels.clone()
    if per_image:
        images = torch.arange(len(labels), device=labels.device)
        keys += (ignore_index + 1) * images[:, None, None]
    labelled = (labels != ignore_index).flatten().nonzero().squeeze(1)
    if len(labelled) == 0:
        return None
    groups, counts = keys.flatten()[labelled].unique(return_counts=True)
    rows = _draw_rows(keys.flatten()[labelled], counts, num)
    pixels = features.permute(0, 2, 3, 1).flatten(0, 2)
    return FeatureSets(pixels[labelled[rows]], groups % (ignore_index + 1),
                       counts / counts.sum())


def check_finite(features: Tensor) -> None:
    """Stop before NaN spreads from a broken extractor.

    Args:
        features: Pixel features, of any shape.

    Raises:
        ValueError: One is NaN or infinite.
    """
    if not torch.isfinite(features).all():
        raise ValueError(
            'the frozen network gives pixel features that are NaN or '
            'infinite: its checkpoint (load_from) is broken, or its values '
            'overflow in float16')


def _draw_rows(keys: Tensor, counts: Tensor, num: int) -> Tensor:
    """Return (B, num) positions in ``keys``, of one key in each row."""
    order = keys.argsort()
    starts = counts.cumsum(0) - counts
    draws = torch.rand(len(counts), num, device=keys.device)
    # A draw close to 1 may round up to the count itself.
    steps = (draws * counts[:, None]).long().minimum(counts[:, None] - 1)
    return order[starts[:, None] + steps]
