"""What a network takes for no label is no class of the data."""
from __future__ import annotations

from torch import nn

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.label_values import no_label_settings


def check_no_label(model: nn.Module, split: ClassSplit) -> None:
    """Raise if a part of a network ignores a class or pads with one.

    Zero-shot heads and segmentors are set right where they are built; a plain
    segmentor of MMSegmentation takes 255 for no label whatever its data.

    Args:
        model: The network.
        split: The split of its data.

    Raises:
        ValueError: A part must be set otherwise; the message names it.
    """
    for name, part in model.named_modules():
        for key, value in no_label_settings(part, split.num_classes).items():
            raise ValueError(
                f'ConsistencyHook: model.{name} ({type(part).__name__}) has '
                f'{key}={getattr(part, key)}, which is the id of class '
                f'{split.classes[getattr(part, key)]!r}: label maps of '
                f'{split.num_classes} classes have {value} where there is '
                f'no label; set {key}={value} there')
