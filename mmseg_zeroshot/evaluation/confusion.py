"""Counting pixels by true and predicted class."""
from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from mmseg_zeroshot.semantics import ClassSplit

# Ignored ids up to this far above the class list are rows of the counts.
_MORE_ROWS = 255


def confusion_matrix(prediction: np.ndarray | torch.Tensor,
                     label: np.ndarray | torch.Tensor,
                     num_classes: int,
                     ignore_index: int = 255) -> torch.Tensor:
    """Count the pixels of each (true class, predicted class).

    One ``bincount`` over joint indices, on the device of ``prediction``.

    Args:
        prediction: Class ids, any shape.
        label: True class ids of the same shape; ``ignore_index`` marks
            pixels that are not counted.
        num_classes: K.
        ignore_index: Label that is not counted; also one below 0.

    Returns:
        (K, K) int64 tensor, rows truth, columns prediction.

    Raises:
        ValueError: the shapes differ, or an id is outside the class list.

    Example:
        >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 255]), 2)
        tensor([[1, 0],
                [0, 1]])
    """
    prediction = _flat_ids(prediction)
    label = _flat_ids(label).to(prediction.device)
    if prediction.shape != label.shape:
        raise ValueError(
            f'prediction holds {prediction.numel()} pixels and the label '
            f'{label.numel()}: score at the label\'s own size')
    # A few more rows cost less than leaving pixels out.
    near = num_classes <= ignore_index <= num_classes + _MORE_ROWS
    if not near:
        kept = label != ignore_index
        prediction, label = prediction[kept], label[kept]
    if not label.numel():
        return prediction.new_zeros((num_classes, num_classes))
    # Ignored labels land in rows that are cut off: no pixel is copied out.
    rows = ignore_index + 1 if near else num_classes
    _check_ids(prediction, num_classes, 'predicted class id')
    _check_ids(label, rows, 'label id', num_classes)
    counts = torch.bincount(
        label * num_classes + prediction, minlength=rows * num_classes)
    counts = counts.view(rows, num_classes)
    strays = counts[num_classes:ignore_index].sum(1).nonzero().flatten()
    if len(strays):
        raise ValueError(_outside('label id', num_classes + int(strays[0]),
                                  num_classes))
    return counts[:num_classes].clone()


def vanilla_confusion(logits: Tensor, label: Tensor,
                      split: ClassSplit) -> Tensor:
    """Count the pixels of unseen classes, with only these competing.

    Args:
        logits: (K, H, W) scores.
        label: (H, W) true class ids.
        split: Groups of the K classes; at least one is unseen.

    Returns:
        (K, K) int64 counts, rows truth.

    Raises:
        ValueError: ``logits`` does not fit the label or the split.
    """
    size = split.num_classes
    if logits.shape != (size, *label.shape):
        raise ValueError(
            f'seg_logits is {tuple(logits.shape)} where the split and the '
            f'label make it {(size, *label.shape)}')
    unseen = torch.tensor(split.unseen_ids, device=logits.device)
    is_unseen = torch.zeros(size + 1, dtype=torch.bool, device=label.device)
    is_unseen[unseen] = True
    # Labels outside the classes read the last entry: size, and -1 too.
    label = label.flatten().long()
    pixels = is_unseen[label.clamp(-1, size)].nonzero().flatten()
    if not len(pixels):
        return label.new_zeros((size, size))
    # max() is several times faster than argmax() on a CPU.
    best = logits.flatten(1)[unseen[:, None], pixels].max(0).indices
    return confusion_matrix(unseen[best], label[pixels], size)


def _flat_ids(ids: np.ndarray | torch.Tensor) -> torch.Tensor:
    tensor = torch.as_tensor(ids)
    if tensor.is_floating_point() or tensor.is_complex():
        raise ValueError(f'class ids must be integers, got {tensor.dtype}')
    return tensor.flatten().long()


def _check_ids(ids: torch.Tensor, limit: int, what: str,
               num_classes: int | None = None) -> None:
    low, high = (int(value) for value in torch.aminmax(ids))
    for value in (low, high):
        if not 0 <= value < limit:
            raise ValueError(_outside(what, value, num_classes or limit))


def _outside(what: str, value: int, num_classes: int) -> str:
    return (f'{what} {value} is outside the {num_classes} classes '
            f'(0 to {num_classes - 1})')
