"""SPNet's classifier: a projection to word vectors."""
from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from mmseg.registry import MODELS
from torch import Tensor, nn

from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit

from .base_zero_shot_head import BaseZeroShotHead


@MODELS.register_module()
class SemanticProjectionHead(BaseZeroShotHead):
    """Classify pixels by the inner product with fixed class vectors.

    ``p(c | x) = softmax_c(w_c . phi(x))`` with ``phi`` a learned projection
    of the pixel features to the space of the class vectors and ``w_c`` of
    unit length, no temperature (SPNet, eq. 1, 3 and 4). A class that was
    never trained is scored through its vector alone.

    Both maps are linear, so the score is computed as ``(W P) x + W b``: the
    head costs what a plain classifier costs and the (N, d, h, w) map of
    word vectors never exists.

    Args:
        host: Config of the decode head that gives pixel features.
        split: See :class:`BaseZeroShotHead`.
        embeddings: See :class:`BaseZeroShotHead`.
        normalize: See :class:`BaseZeroShotHead`.
        gamma: See :class:`BaseZeroShotHead`.
        trains_unseen: See :class:`BaseZeroShotHead`.
        project: Whether a 1x1 convolution brings the pixel features to the
            width of the class vectors; without it they are ``phi``, as the
            sum of the atrous branches is in SPNet's DeepLab-v2.
        init_cfg: Initialisation of the projection; where None, N(0, .01),
            which gives first scores of the scale of a plain classifier's.

    Raises:
        ValueError: There is no projection, and the host's pixel features
            have another width than the class vectors.

    Example:
        >>> model = dict(
        ...     type='ZeroShotSegmentor',
        ...     decode_head=dict(
        ...         type='SemanticProjectionHead',
        ...         split='voc12-spnet',
        ...         embeddings='glove-6b-50d',
        ...         host=dict(type='FCNHead', in_channels=64, channels=32)))
    """

    def __init__(
        self,
        host: dict,
        *,
        split: str | dict | ClassSplit,
        embeddings: str | Sequence[str] | ClassEmbeddings,
        normalize: str = 'l2',
        gamma: float = 0.0,
        trains_unseen: bool = False,
        project: bool = True,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(
            host,
            split=split,
            embeddings=embeddings,
            normalize=normalize,
            gamma=gamma,
            trains_unseen=trains_unseen,
            init_cfg=init_cfg or (dict(
                type='Normal', std=0.01, override=dict(
                    name='projection')) if project else None))
        width = self.class_vectors.shape[1]
        if not project and self.feature_channels != width:
            raise ValueError(
                f'{type(self).__name__}(project=False): the host has '
                f'{self.feature_channels} channels and the class vectors '
                f'{width}; set host.channels={width} or project=True')
        self.projection = nn.Conv2d(
            self.feature_channels, width, 1) if project else None

    @property
    def allowed_missing(self) -> tuple[str, ...]:
        """A plain checkpoint of the host has no projection yet."""
        return () if self.projection is None else (r'projection\.', )

    def classify(self, features: Tensor) -> Tensor:
        """Score (N, C, h, w) pixel features for K classes: (N, K, h, w)."""
        if self.projection is None:
            return F.conv2d(features, self.class_vectors[..., None, None])
        assert self.projection.bias is not None
        weight = self.class_vectors @ self.projection.weight.flatten(1)
        bias = self.class_vectors @ self.projection.bias
        return F.conv2d(features, weight[..., None, None], bias)

    def project(self, features: Tensor) -> Tensor:
        """Return phi: (N, C, h, w) features as (N, d, h, w) word vectors.

        For looking at; neither training nor prediction needs it.
        """
        if self.projection is None:
            return features
        return self.projection(features)
