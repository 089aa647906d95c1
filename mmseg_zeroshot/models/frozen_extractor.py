"""A trained network as a map from images to pixel features, at full speed."""
from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from mmcv.cnn.utils import fuse_conv_bn
from mmengine.structures import PixelData
from mmseg.models import BaseSegmentor
from torch import Tensor

from mmseg_zeroshot.utils.label_values import no_label

# Relative difference that folding a scale into weights may make.
_ROUNDING = 1e-3


class FrozenExtractor:
    """A segmentor in eval mode that maps samples to pixel features.

    In eval mode a batch norm behind a convolution is a scale and a shift,
    which the convolution's own weights can hold: the features are the same
    up to rounding, in two thirds of the time on a CPU. Which norm follows
    which convolution is read off the order of a module's children, which
    need not be the order of its ``forward``; so the first batch goes through
    both networks, and the folded one is kept only if they agree.

    Args:
        model: A segmentor with ``pixel_features``, its weights loaded. It is
            itself not changed, but for its device, mode and gradients.
        device: Where it runs.
    """

    def __init__(self, model: BaseSegmentor, device: str) -> None:
        self.model = model.requires_grad_(False).eval().to(device)
        self._compared = False

    @torch.no_grad()
    def __call__(self, data: dict[str, list]) -> Tensor:
        """Return the (N, C, h, w) features of images of one size.

        Args:
            data: ``inputs`` and ``data_samples``; label maps are padded
                here where the network's input is.
        """
        size = data['inputs'][0].shape[-2:]
        batch = self.model.data_preprocessor(data, False)
        inputs = batch['inputs']
        if inputs.shape[-2:] != size:
            split = self.model.decode_head.split
            _pad_labels(data['data_samples'], size, inputs.shape[-2:],
                        no_label(split.num_classes))
        if not self._compared:
            self.model = folded(self.model, inputs)
            self._compared = True
        return self.model.pixel_features(inputs)


@torch.no_grad()
def folded(model: BaseSegmentor, inputs: Tensor) -> BaseSegmentor:
    """Fold batch norms into convolutions where that changes nothing.

    Args:
        model: A segmentor with ``pixel_features``, in eval mode.
        inputs: (N, 3, H, W) preprocessed images to compare on.

    Returns:
        A folded copy, or ``model`` itself if there is nothing to fold or
        the copy's features differ by more than rounding.
    """
    copied = copy.deepcopy(model)
    try:
        fuse_conv_bn(copied)
        found = copied.pixel_features(inputs)
    except (AttributeError, RuntimeError, TypeError):
        return model  # a norm without weights, or of another width
    expected = model.pixel_features(inputs)
    # False for NaN too: whoever takes the features says which image it was.
    close = bool((found - expected).abs().max()
                 <= _ROUNDING * expected.abs().max())
    return copied.requires_grad_(False).eval() if close else model


def _pad_labels(samples: list, size: Sequence[int],
                padded: Sequence[int], unlabelled: int) -> None:
    """Pad label maps at the right and the bottom, as mmseg pads images."""
    right, bottom = padded[1] - size[1], padded[0] - size[0]
    for sample in samples:
        labels = sample.gt_sem_seg.data
        if labels.shape[-2:] != tuple(size):
            raise ValueError(
                f'{sample.img_path}: the data preprocessor pads the image, '
                'and its labels have another size; load labels before the '
                "pipeline's Resize")
        sample.gt_sem_seg = PixelData(
            data=F.pad(labels, (0, right, 0, bottom), value=unlabelled))
