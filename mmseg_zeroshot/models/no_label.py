"""Parts of a network that take 255 for "no label", where it is a class id."""
from __future__ import annotations

from torch import nn

from mmseg_zeroshot.utils.label_values import no_label_settings


def set_no_label(module: nn.Module, num_classes: int) -> None:
    """Make a module ignore and fill in the class list's own "no label".

    Nothing is changed for up to 255 classes.

    Args:
        module: A head or a preprocessor; its losses are changed with it.
        num_classes: Length K of the class list.

    Raises:
        ValueError: A part ignores an id of its own choice.
    """
    for part in module.modules():
        for name, value in no_label_settings(part, num_classes).items():
            setattr(part, name, value)
