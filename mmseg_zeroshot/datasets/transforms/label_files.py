"""Files of label maps that MMSegmentation would read as other ids."""
from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import mmcv
import numpy as np
from mmengine import fileio
from mmseg.datasets.transforms import LoadAnnotations
from PIL import Image, UnidentifiedImageError

from mmseg_zeroshot.utils.images import orientation
from mmseg_zeroshot.utils.label_values import first_odd_value

# First letters of Pillow's modes of integers and floats wider than a byte.
_WIDE_MODES = ('I', 'F')


def casts_to_bytes(step: Callable) -> bool:
    """Whether a loading step cuts ids to bytes before anyone can check them.

    Args:
        step: The step. MMSegmentation's own does; a subclass that reads
            files in its own way is taken at its word.
    """
    return (isinstance(step, LoadAnnotations)
            and type(step)._load_seg_map is LoadAnnotations._load_seg_map)


def check_label_file(path: str, step: LoadAnnotations,
                     most: int = 255) -> None:
    """Raise if a label map is not what the loading step makes of it.

    Of a file whose values are bytes the header is read alone.

    Args:
        path: The file, local or remote.
        step: The loading step.
        most: Largest id that the step keeps.

    Raises:
        ValueError: A pixel's value is no id up to ``most``, so a cast would
            make another one of it; or the file carries an EXIF orientation,
            which no reader of label maps obeys.
    """
    content = fileio.get(path, backend_args=step.backend_args)
    try:
        with Image.open(BytesIO(content)) as image:
            _check_orientation(path, image)
            if not image.mode.startswith(_WIDE_MODES):
                return
    except (UnidentifiedImageError, Image.DecompressionBombError):
        pass  # Another decoder has read it.
    _check_values(path, mmcv.imfrombytes(
        content, flag='unchanged', backend=step.imdecode_backend), most)


def _check_orientation(path: str, image: Image.Image) -> None:
    turned = orientation(image)
    if turned != 1:
        raise ValueError(
            f'{path} carries EXIF orientation {turned}, which is not obeyed '
            'in label maps: write it anew without, drawn on its image as '
            'viewers show it')


def _check_values(path: str, values: np.ndarray, most: int) -> None:
    odd = first_odd_value(values, most)
    if odd is not None:
        raise ValueError(
            f'{path} holds label id {odd} ({values.dtype}): ids are whole '
            f'numbers from 0 to {most}, and {most} is no label; write the '
            'label map so')
