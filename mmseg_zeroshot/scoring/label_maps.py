"""A label map from the bytes of an image file, id by id as it was written."""
from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

HIGHEST = 65535
"""The highest id that a label map may hold."""
IMAGES = ('.png', '.tif', '.tiff')
"""Endings of images that keep ids as they are."""
LOSSY = ('.jpg', '.jpeg', '.jfif', '.webp')
"""Endings of images that do not."""
_TAIL = 2048
_PNG_DEPTH = 24
"""Place of the bit depth in a PNG file."""
_TIFF_BITS, _TIFF_COMPRESSION, _TIFF_ZERO_IS = 258, 259, 262
_TIFF_LOSSY = (6, 7, 34892)

Decode = Callable[[Image.Image], np.ndarray]


def read_image(data: bytes, colours: Decode | None = None) -> np.ndarray:
    """Return the ids of a label map.

    A palette image gives its indices, a bilevel one 0 and 1.

    Args:
        data: A PNG or TIFF file.
        colours: Turns the colours of an image into ids; None where the
            images hold ids.

    Returns:
        (H, W) uint8 or uint16.

    Raises:
        ValueError: It is no such file, is cut off, holds colours where ids
            are expected, or numbers that are no ids.
    """
    if not data:
        raise ValueError('is empty')
    if data.startswith(b'\x89PNG') and b'IEND' not in data[-_TAIL:]:
        # Pillow reads what is there, as long as no pixel is missing.
        raise ValueError('is cut off')
    try:
        with Image.open(io.BytesIO(data)) as image:
            _check_kept(image)
            image.load()
            if colours is not None:
                return colours(image)
            return _ids_of(image, data)
    except ValueError:
        raise
    # Pillow's readers raise nearly anything on broken files.
    except Exception as error:
        raise ValueError(f'cannot be read, {_reason(error)}') from error


def whole_ids(values: np.ndarray) -> np.ndarray:
    """Return numbers as ids.

    Args:
        values: (H, W) of any number type.

    Returns:
        (H, W) uint8 or uint16 of the same values.

    Raises:
        ValueError: One is no whole number from 0 to :data:`HIGHEST`.
    """
    if values.dtype in (np.uint8, np.uint16) and values.dtype.isnative:
        return values
    if values.dtype.kind not in 'biuf':
        raise ValueError(f'holds {values.dtype} and no ids')
    wide = values if values.dtype.kind == 'f' else values.astype(np.int64)
    if wide.size and not (wide.min() >= 0 and wide.max() <= HIGHEST):
        raise ValueError(
            f'holds {_worst(wide)}, and ids are 0 to {HIGHEST}; write the '
            'ignore label where a pixel has no class')
    ids = wide.astype(np.uint16)
    if not np.array_equal(ids, wide):
        odd = wide[ids != wide].flat[0]
        raise ValueError(f'holds {odd:g}, which is no whole number: it is no '
                         'label map')
    return ids


def _worst(values: np.ndarray) -> str:
    bad = values[~((values >= 0) & (values <= HIGHEST))]
    return f'{bad.flat[0]:g}'


def _reason(error: Exception) -> str:
    if isinstance(error, Image.UnidentifiedImageError):
        return 'it is no image file'
    return f'{type(error).__name__}: {error}'


def _check_kept(image: Image.Image) -> None:
    """Refuse what does not keep ids, whatever its name ends in."""
    if image.format not in ('PNG', 'TIFF'):
        raise ValueError(f'is a {image.format} file, which may change ids: '
                         'write label maps as PNG')
    if image.format == 'TIFF':
        _check_tiff(image)
    frames = getattr(image, 'n_frames', 1)
    if frames > 1:
        raise ValueError(f'holds {frames} images; write one a file')


def _check_tiff(image: Image.Image) -> None:
    tags = image.tag_v2  # type: ignore[attr-defined]
    if tags.get(_TIFF_COMPRESSION) in _TIFF_LOSSY:
        raise ValueError('is compressed as JPEG, which changes ids')
    bits = set(tags.get(_TIFF_BITS, (1, )))
    # Pillow spreads 2 and 4 bits over 0 to 255, and turns values around
    # where 0 stands for white.
    if not bits <= {1, 8, 16, 32} or (
            tags.get(_TIFF_ZERO_IS) == 0 and image.mode in ('1', 'L')):
        raise ValueError('is a TIFF whose numbers are not the ids; write 8 '
                         'or 16 bits a pixel, where 0 is black')


def _ids_of(image: Image.Image, data: bytes) -> np.ndarray:
    if len(image.getbands()) > 1:
        raise ValueError(
            f'is a colour image ({image.mode}), but holds ids in no channel '
            'of its own; a palette file decodes colours')
    ids = whole_ids(np.asarray(image))
    depth = data[_PNG_DEPTH]
    if image.format == 'PNG' and image.mode == 'L' and depth < 8:
        # Pillow spreads grey of 2 and 4 bits over 0 to 255.
        ids = ids // (255 // ((1 << depth) - 1))
    return ids
