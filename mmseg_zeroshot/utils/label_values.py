"""Which pixel values of a label map are class ids, and which is no label."""
from __future__ import annotations

import numpy as np

HIGHEST = 65535
"""The highest value that a label map may hold."""
USUAL = 255
"""What MMSegmentation calls no label: the highest value of a byte."""
# Where its parts keep that value: what they ignore, and what they fill in.
_IGNORED = ('ignore_index', 'ignore_label')
_FILLED_IN = ('seg_pad_val', 'seg_fill_in')


def no_label(num_classes: int) -> int:
    """Return the id of pixels without a label.

    It is the one place that decides so. Data sets, heads, losses and metrics
    ask here, so a class list alone says what its label maps hold.

    Args:
        num_classes: Length K of the class list.

    Returns:
        255, which MMSegmentation uses; 65535 for more than 255 classes, of
        which 255 is one.

    Raises:
        ValueError: There is no class, or there are more than 65535.

    Example:
        >>> no_label(255), no_label(256)
        (255, 65535)
    """
    if not 0 < num_classes <= HIGHEST:
        raise ValueError(
            f'a class list of {num_classes} classes: label maps have 1 to '
            f'{HIGHEST}')
    return USUAL if num_classes <= USUAL else HIGHEST


def no_label_settings(part: object, num_classes: int) -> dict[str, int]:
    """Say what a part of MMSegmentation must be set to for a class list.

    Heads, losses, preprocessors and transforms ignore or fill in 255 unless
    told otherwise. With more than 255 classes this is the id of a class.

    Args:
        part: The built part.
        num_classes: Length K of the class list.

    Returns:
        New values by name of an attribute; none for up to 255 classes.

    Raises:
        ValueError: There are more classes, and it ignores yet another id.
    """
    unlabelled = no_label(num_classes)
    if unlabelled == USUAL:
        return {}
    for name in _IGNORED:
        stated = getattr(part, name, None)
        if isinstance(stated, int) and 0 <= stated != unlabelled and (
                stated != USUAL):
            raise ValueError(
                f'{type(part).__name__} has {name}={stated}, but label maps '
                f'of {num_classes} classes have {unlabelled} where there is '
                f'no label: leave {name} out, it is set from the class list')
    return {name: unlabelled for name in (*_IGNORED, *_FILLED_IN)
            if getattr(part, name, None) == USUAL}


def label_type(num_classes: int) -> np.dtype:
    """Return the number type of label maps.

    Args:
        num_classes: Length K of the class list.

    Returns:
        The narrower of uint8 and uint16 that holds :func:`no_label`.
    """
    return np.min_scalar_type(no_label(num_classes))


def odd_values(values: np.ndarray, most: int = USUAL) -> np.ndarray:
    """Tell which values are no ids, so that a cast would change them.

    Args:
        values: Pixel values, of any shape and number type.
        most: Largest id.

    Returns:
        Of the same shape: true where a value is negative, above ``most``, no
        whole number or NaN.
    """
    if values.dtype == np.bool_ or (values.dtype.kind == 'u' and
                                    np.iinfo(values.dtype).max <= most):
        return np.zeros(values.shape, bool)
    return (values < 0) | (values > most) | (values != np.floor(values))


def first_odd_value(values: np.ndarray, most: int = USUAL) -> float | None:
    """Return the first of :func:`odd_values`; None if there is none.

    Args:
        values: Pixel values, of any shape and number type.
        most: Largest id.

    Example:
        >>> first_odd_value(np.array([[0, 255], [258, -1]], np.int32))
        258
    """
    odd = odd_values(values, most)
    return values[odd][0].item() if odd.any() else None
