"""VGG-16 with its last poolings turned to dilation."""
from __future__ import annotations

from collections.abc import Sequence

from mmcv.cnn import VGG
from mmengine.model import BaseModule
from mmseg.registry import MODELS
from torch import Tensor, nn

_STAGES = 5


@MODELS.register_module()
class VGG16(VGG, BaseModule):
    """The convolutions of VGG-16 at a stride that suits segmentation.

    Each of the five stages ends in a pooling by 2. Where one would pass
    ``output_stride`` it becomes a 3x3 pooling of stride 1, and the
    convolutions after it are dilated by 2 for each (Chen et al., DeepLab-v2,
    section 4.1: stride 8, dilation 2 in the fifth stage). Weights have the
    names that torchvision and Caffe's conversion give them.

    Args:
        output_stride: 8, 16 or 32.
        out_indices: Stages whose outputs are returned, from 0 to 4; their
            channels are 64, 128, 256, 512 and 512.
        frozen_stages: This many stages from the first stay as they are; -1
            and 0 train all.
        pretrained: Weights to load, such as ``'open-mmlab://vgg16_caffe'``
            (images of 0 to 255 with the channels' means taken off; RGB, as
            in MMDetection's SSD).
        init_cfg: Initialisation where there are no weights.

    Raises:
        ValueError: An argument is not one of these.
    """

    def __init__(self,
                 *,
                 output_stride: int = 8,
                 out_indices: Sequence[int] = (0, 1, 2, 3, 4),
                 frozen_stages: int = -1,
                 pretrained: str | None = None,
                 init_cfg: dict | None = None) -> None:
        _check(output_stride, out_indices, frozen_stages)
        if pretrained and init_cfg:
            raise ValueError('VGG16: give either pretrained or init_cfg')
        # Stage i works at stride 2^i where no pooling before it is replaced.
        super().__init__(
            depth=16,
            dilations=[max(1, 2**i // output_stride) for i in range(_STAGES)],
            out_indices=tuple(out_indices),
            frozen_stages=frozen_stages)
        if pretrained:
            init_cfg = dict(type='Pretrained', checkpoint=pretrained)
        self.init_cfg = init_cfg or dict(type='Kaiming', layer='Conv2d')
        for stage, (_, end) in enumerate(self.range_sub_modules):
            if 2**(stage + 1) > output_stride:
                self.features[end - 1] = nn.MaxPool2d(3, stride=1, padding=1)
        self._freeze()

    def init_weights(self) -> None:
        """Load the weights or initialise them, as ``init_cfg`` says."""
        BaseModule.init_weights(self)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Map images (N, 3, H, W) to the outputs named by `out_indices`."""
        outputs = super().forward(x)
        return outputs if isinstance(outputs, tuple) else (outputs, )

    def train(self, mode: bool = True) -> VGG16:
        """Set the mode: there is neither norm nor dropout to keep in eval."""
        return nn.Module.train(self, mode)

    def _freeze(self) -> None:
        """Take the frozen stages out of training.

        MMCV does it in ``train()``, after the optimizer has been built.
        """
        for _, (start, end) in zip(
                range(self.frozen_stages), self.range_sub_modules):
            self.features[start:end].requires_grad_(False)


def _check(output_stride: int, out_indices: Sequence[int],
           frozen_stages: int) -> None:
    """Raise a ValueError for what VGG-16 has not."""
    if output_stride not in (8, 16, 32):
        raise ValueError(f'VGG16(output_stride={output_stride!r}): it must be '
                         '8, 16 or 32')
    if not out_indices or not set(out_indices) <= set(range(_STAGES)):
        raise ValueError(f'VGG16(out_indices={out_indices!r}): name stages '
                         'from 0 to 4')
    if not -1 <= frozen_stages <= _STAGES:
        raise ValueError(f'VGG16(frozen_stages={frozen_stages!r}): it must '
                         'be between -1 and 5')
