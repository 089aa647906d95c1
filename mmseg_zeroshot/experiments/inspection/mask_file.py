"""One mask, read as MMSegmentation's loader reads it, with its defects."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mmseg_zeroshot.utils.images import open_image, orientation
from mmseg_zeroshot.utils.label_values import (
    USUAL,
    first_odd_value,
    odd_values,
)

DEFECTS = {
    'unreadable': ('masks cannot be read', 'copy or write them again'),
    'colours': (
        'masks are pictures in colour and hold no class ids',
        'write one channel of ids, such as an 8-bit grey or palette PNG; a '
        'table from colour to id does it'),
    'deep': (
        'masks hold values that are no class ids, which stops training',
        'write 8-bit masks, with 255 where there is no label; 16-bit masks '
        'and 65535 for more than 255 classes'),
    'turned': (
        'masks carry an EXIF orientation, which is not obeyed in masks',
        'write them anew without, drawn on their images as viewers show '
        'these'),
    'lossy': (
        'masks are JPEG files, which change ids at every border',
        'write them as PNG from the original masks'),
}
"""Kinds of defects: what each means, and how it is mended."""


def _none() -> np.ndarray:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class MaskFile:
    """What is in one mask.

    Attributes:
        size: (width, height) in pixels; (0, 0) if it cannot be read.
        values: (V, ) values that occur, ascending, int64; none for a picture
            in colour.
        counts: (V, ) pixels of each, int64.
        most: Value of pixels without a label; ids are below.
        defects: A detail of each defect, by its key in :data:`DEFECTS`.
    """

    size: tuple[int, int]
    values: np.ndarray = field(default_factory=_none)
    counts: np.ndarray = field(default_factory=_none)
    most: int = USUAL
    defects: Mapping[str, str] = field(default_factory=dict)

    @property
    def pixels(self) -> np.ndarray:
        """(most + 1, ) pixels of each value, int64."""
        dense = np.zeros(self.most + 1, np.int64)
        dense[self.values] = self.counts
        return dense


def read_mask(path: Path, most: int = USUAL) -> MaskFile:
    """Read a mask and count its values.

    A palette image gives its indices, which is what MMSegmentation's
    ``LoadAnnotations`` does. Values that are no ids are not counted.

    Args:
        path: The file.
        most: Value of pixels without a label; ids are below.

    Returns:
        Its contents; a file that cannot be read is a defect and no error.
    """
    try:
        with open_image(path) as image:
            lossy, turned = image.format == 'JPEG', orientation(image)
            size, values = image.size, np.asarray(image)
    # Pillow's readers raise nearly anything on broken files.
    except Exception as error:
        return MaskFile((0, 0), defects=dict(
            unreadable=f'{type(error).__name__}: {error}'))
    defects = dict(lossy='JPEG') if lossy else {}
    if turned != 1:
        defects['turned'] = f'orientation {turned}'
    if values.ndim > 2:
        return MaskFile(size, defects={
            **defects, 'colours': f'{values.shape[-1]} channels'})
    odd = first_odd_value(values, most)
    if odd is not None:
        defects['deep'] = f'value {odd}'
        values = values[~odd_values(values, most)]
    flat = values.astype(np.min_scalar_type(most), copy=False).reshape(-1)
    counts = np.bincount(flat)
    found = np.flatnonzero(counts)
    return MaskFile(size, found, counts[found], most, defects)
