"""DeViSE, the embedding baseline of the ZS3Net paper."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from mmseg.registry import MODELS
from torch import Tensor

from .semantic_projection_head import SemanticProjectionHead


@MODELS.register_module()
class DeViSEHead(SemanticProjectionHead):
    """Regress the class vector; the nearest one by cosine is the class.

    The last layer maps pixel features to the width of the class vectors and
    is trained to raise the cosine with the true class's vector (ZS3Net,
    section 3.1; Frome et al., DeViSE): give the host
    ``loss_decode=dict(type='CosineLoss')``.

    The scores are cosines in [-1, 1]. With ``phi = P x + b`` both
    ``w . phi`` and ``|phi|^2 = x'(P'P)x + 2 b'P x + b'b`` are computed from
    the C pixel features, so no map of word vectors is made.
    """

    def classify(self, features: Tensor) -> Tensor:
        """Return cosines (N, K, h, w) of features (N, C, h, w)."""
        return super().classify(features) / self._projected_norm(features)

    def _projected_norm(self, features: Tensor) -> Tensor:
        # Not in autocast's type: squares are summed over all channels.
        with torch.autocast(features.device.type, enabled=False):
            return self._norm_in_float32(features.float())

    def _norm_in_float32(self, features: Tensor) -> Tensor:
        if self.projection is None:
            return features.norm(dim=1, keepdim=True).clamp(min=1e-6)
        weight = self.projection.weight.flatten(1).float()
        assert self.projection.bias is not None
        bias = self.projection.bias.float()
        gram = (weight.T @ weight)[..., None, None]
        cross = (bias @ weight)[None, :, None, None]
        squares = ((F.conv2d(features, gram) + 2 * cross) * features).sum(
            1, keepdim=True) + bias @ bias
        return squares.clamp(min=1e-12).sqrt()
