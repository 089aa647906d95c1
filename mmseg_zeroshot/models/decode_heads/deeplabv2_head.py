"""DeepLab-v2's decode head: atrous branches whose outputs are summed."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmseg.models.decode_heads.decode_head import BaseDecodeHead
from mmseg.registry import MODELS
from torch import Tensor, nn


@MODELS.register_module()
class DeepLabV2Head(BaseDecodeHead):
    """Sum the outputs of parallel atrous 3x3 convolutions (DeepLab-v2, ASPP).

    With a ResNet a branch is one convolution, to ``channels``; with VGG-16 it
    is the fully connected layers of that network turned to convolutions:
    ``hidden_channels`` outputs of the atrous one and of a 1x1, each with ReLU
    and dropout, and a 1x1 to ``channels`` (Chen et al., TPAMI 2018, sections
    3.2 and 4.1).

    Nothing follows the sum: as a host with ``channels`` = d it gives SPNet's
    visual-semantic embedding (section 4, "Implementation details"), for
    ``SemanticProjectionHead(project=False)``. By itself it classifies the sum
    by a 1x1 convolution, which is linear like the sum, and so expresses what
    DeepLab-v2's branches to K classes do.

    All weights start from N(0, .01), all biases from 0.

    Args:
        dilations: Dilation of each branch.
        hidden_channels: Width of the layers inside a branch; none by default.
        hidden_dropout: Dropout ratio after each of them.
        **kwargs: Of MMSegmentation's ``BaseDecodeHead``: ``in_channels``,
            ``channels``, ``num_classes`` and so on. There is no norm and no
            activation to configure.

    Raises:
        ValueError: There is no dilation, one is not positive, or
            ``hidden_dropout`` is outside [0, 1).

    Example:
        >>> decode_head = dict(
        ...     type='SemanticProjectionHead',
        ...     split='voc12-spnet',
        ...     embeddings='glove-6b-50d',
        ...     project=False,
        ...     host=dict(type='DeepLabV2Head', in_channels=2048, channels=50))
    """

    def __init__(self,
                 *,
                 dilations: Sequence[int] = (6, 12, 18, 24),
                 hidden_channels: int | None = None,
                 hidden_dropout: float = 0.5,
                 init_cfg: dict | None = None,
                 **kwargs: Any) -> None:
        super().__init__(
            init_cfg=init_cfg or dict(type='Normal', std=0.01, layer='Conv2d'),
            **kwargs)
        if not dilations or min(dilations) < 1:
            raise ValueError(f'DeepLabV2Head(dilations={dilations!r}): give '
                             'one positive dilation a branch')
        if not 0 <= hidden_dropout < 1:
            raise ValueError(f'DeepLabV2Head(hidden_dropout={hidden_dropout!r}'
                             '): a ratio must be in [0, 1)')
        self.branches = nn.ModuleList(
            self._branch(dilation, hidden_channels, hidden_dropout)
            for dilation in dilations)

    def _branch(self, dilation: int, hidden: int | None,
                dropout: float) -> nn.Sequential:
        """Return one branch, in_channels -> channels."""
        atrous = nn.Conv2d(
            self.in_channels, hidden or self.channels, 3, padding=dilation,
            dilation=dilation)
        if not hidden:
            return nn.Sequential(atrous)
        return nn.Sequential(
            atrous, nn.ReLU(inplace=True), nn.Dropout2d(dropout),
            nn.Conv2d(hidden, hidden, 1), nn.ReLU(inplace=True),
            nn.Dropout2d(dropout), nn.Conv2d(hidden, self.channels, 1))

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        """Score feature maps.

        Args:
            inputs: Feature maps of the backbone or neck.

        Returns:
            (N, K, h, w) scores.
        """
        features = self._transform_inputs(inputs)
        # No list of maps: they are 600 channels wide.
        total = self.branches[0](features)
        for branch in self.branches[1:]:
            total = total + branch(features)
        return self.cls_seg(total)
