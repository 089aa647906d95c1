"""MBConv blocks with TensorFlow's 'same' padding."""

from __future__ import annotations

import math

import torch.nn.functional as F
from mmcv.cnn import build_norm_layer
from mmcv.cnn.bricks import DropPath
from torch import Tensor, nn


def same_padding(size: int, kernel: int, stride: int, dilation: int) -> int:
    """Return how many pixels 'same' padding adds along one axis, in all.

    TensorFlow's rule: the output has ``ceil(size / stride)`` pixels, and of
    an odd number the extra pixel goes to the end.
    """
    steps = math.ceil(size / stride) - 1
    return max(steps * stride + (kernel - 1) * dilation + 1 - size, 0)


class SameConv2d(nn.Conv2d):
    """Convolution with TensorFlow's 'same' padding, found from its input.

    The padding depends on size, stride and dilation, so it is computed per
    call: a stride that was turned into dilation pads as it must.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Convolve (N, C, H, W) to (N, C', ceil(H / s), ceil(W / s))."""
        height, width = (
            same_padding(*axis) for axis in zip(
                x.shape[-2:], self.kernel_size, self.stride, self.dilation))
        if height or width:
            x = F.pad(x, (width // 2, width - width // 2, height // 2,
                          height - height // 2))
        return super().forward(x)


def conv_norm(in_channels: int,
              out_channels: int,
              kernel: int,
              *,
              norm_cfg: dict,
              stride: int = 1,
              dilation: int = 1,
              groups: int = 1,
              act: bool = True) -> nn.Sequential:
    """Return convolution, norm and, unless `act` is off, ReLU6."""
    layers = nn.Sequential()
    layers.add_module(
        'conv',
        SameConv2d(
            in_channels,
            out_channels,
            kernel,
            stride,
            dilation=dilation,
            groups=groups,
            bias=False))
    layers.add_module('norm', build_norm_layer(norm_cfg, out_channels)[1])
    if act:
        layers.add_module('act', nn.ReLU6(inplace=True))
    return layers


class MBConv(nn.Module):
    """Inverted bottleneck without squeeze-and-excitation.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        kernel: Size of the depthwise convolution.
        expansion: Hidden channels per input channel; 1 has no expansion.
        stride: Stride of the depthwise convolution.
        dilation: Its dilation.
        residual: Whether the input is added to the output.
        drop_path: Probability to drop the branch beside it in training.
        norm_cfg: Norm layers.
    """

    def __init__(self, in_channels: int, out_channels: int, *, kernel: int,
                 expansion: int, stride: int, dilation: int, residual: bool,
                 drop_path: float, norm_cfg: dict) -> None:
        super().__init__()
        self.residual = residual
        hidden = in_channels * expansion
        self.expand = nn.Identity() if expansion == 1 else conv_norm(
            in_channels, hidden, 1, norm_cfg=norm_cfg)
        self.depthwise = conv_norm(
            hidden,
            hidden,
            kernel,
            stride=stride,
            dilation=dilation,
            groups=hidden,
            norm_cfg=norm_cfg)
        self.project = conv_norm(
            hidden, out_channels, 1, act=False, norm_cfg=norm_cfg)
        self.drop_path = DropPath(drop_path)

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, C, H, W) to (N, C', H', W')."""
        out = self.project(self.depthwise(self.expand(x)))
        return x + self.drop_path(out) if self.residual else out
