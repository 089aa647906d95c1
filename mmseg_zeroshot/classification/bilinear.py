"""Image classification with class attributes (SPNet, table 4)."""
from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmseg_zeroshot.models.losses.visual_semantic import (
    weighted_approximate_ranking,
)


class BilinearClassifier(nn.Module):
    """Score image features for classes by ``phi(x)^T V w_c``.

    SPNet's head on one vector per image (eq. 8): ``V`` is learned, the class
    vectors ``w_c`` are given. A class that was never trained is scored
    through its vector alone.

    Args:
        channels: D, width of the features.
        class_vectors: (C, d), one row per class; scaled to unit length.

    Raises:
        ValueError: ``class_vectors`` is no matrix, or a row is zero.
    """

    class_vectors: Tensor

    def __init__(self, channels: int, class_vectors: Tensor) -> None:
        super().__init__()
        if class_vectors.dim() != 2:
            raise ValueError('class_vectors must be (C, d), got '
                             f'{tuple(class_vectors.shape)}')
        norms = class_vectors.float().norm(dim=1, keepdim=True)
        if not bool((norms > 0).all()):
            raise ValueError(f'class_vectors[{int(norms.argmin())}] is zero')
        self.register_buffer('class_vectors', class_vectors.float() / norms)
        self.weight = nn.Parameter(
            torch.empty(channels, class_vectors.shape[1]))
        nn.init.normal_(self.weight, std=channels**-0.5)

    def forward(self, features: Tensor,
                class_ids: Tensor | None = None) -> Tensor:
        """Return the scores of classes.

        Args:
            features: (N, D).
            class_ids: (M, ) classes that are scored; all by default.

        Returns:
            (N, M) scores.
        """
        vectors = self.class_vectors
        if class_ids is not None:
            vectors = vectors[class_ids]
        # The product that is cheaper comes first.
        return torch.linalg.multi_dot([features, self.weight, vectors.T])


def spnet_loss(scores: Tensor, label: Tensor) -> Tensor:
    """Cross-entropy of the scores of the trained classes (SPNet, eq. 8).

    Args:
        scores: (N, S).
        label: (N, ) columns of the true classes.

    Returns:
        The mean.
    """
    return F.cross_entropy(scores, label)


def ale_loss(scores: Tensor, label: Tensor) -> Tensor:
    """Weighted approximate ranking loss of ALE, the paper's baseline.

    See :func:`weighted_approximate_ranking`.

    Args:
        scores: (N, S).
        label: (N, ) columns of the true classes.

    Returns:
        The mean.
    """
    return weighted_approximate_ranking(
        scores, label, ignore_index=-1).mean()


CLASSIFICATION_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = dict(
    spnet=spnet_loss, ale=ale_loss)
"""Losses of the bilinear classifier by name."""
