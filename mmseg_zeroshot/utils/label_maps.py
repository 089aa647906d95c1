"""Label maps and feature maps, which have unlike resolutions."""
from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor


def labels_at_features(labels: Tensor, size: Sequence[int]) -> Tensor:
    """Bring label maps to the resolution of feature maps.

    Every part that pairs features with labels calls this function, so the
    pixels of a feature bank, the nodes of its graphs and the sets that a head
    draws from images carry the same labels.

    Args:
        labels: (N, H, W) or (N, 1, H, W) class ids, of any number type.
        size: (h, w) of the feature maps.

    Returns:
        (N, h, w) int64, each the label of the nearest pixel: no id is mixed
        from several.

    Raises:
        ValueError: ``labels`` has another number of dimensions.

    Example:
        >>> labels_at_features(torch.arange(16).view(1, 4, 4), (2, 2))
        tensor([[[ 0,  2],
                 [ 8, 10]]])
    """
    if labels.ndim not in (3, 4) or (labels.ndim == 4 and len(labels[0]) != 1):
        raise ValueError(
            'labels must be (N, H, W) or (N, 1, H, W), got the shape '
            f'{tuple(labels.shape)}')
    maps = labels.reshape(len(labels), 1, *labels.shape[-2:]).float()
    return F.interpolate(maps, tuple(size), mode='nearest')[:, 0].long()
