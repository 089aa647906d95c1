"""Images as a pipeline reads them: for networks, and for people to look at."""
from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import numpy as np
from mmseg.registry import TRANSFORMS

Step = dict | Callable[[dict], dict | None]

_PLAIN = dict(type='LoadImageFromFile')


def image_loader(steps: Sequence[Step]) -> Step:
    """Return the step of a pipeline that loads images.

    Args:
        steps: Transforms or their configs.

    Returns:
        The first that does; MMCV's ``LoadImageFromFile`` where none is.
    """
    return next((step for step in steps if _loads_images(step)), _PLAIN)


def obeys_orientation(step: Step) -> bool:
    """Whether a loading step turns an image as its EXIF orientation says.

    MMCV does so unless ``color_type`` is ``'unchanged'`` or ends in
    ``_ignore_orientation``.

    Args:
        step: Of :func:`image_loader`.
    """
    kind = (step.get('color_type', 'color') if isinstance(step, dict)
            else getattr(step, 'color_type', 'color'))
    return kind != 'unchanged' and not kind.endswith('_ignore_orientation')


def read_picture(path: str | os.PathLike,
                 steps: Sequence[Step] = ()) -> np.ndarray:
    """Read an image as a pipeline does, to be shown.

    Args:
        path: The file.
        steps: The pipeline, transforms or their configs.

    Returns:
        (H, W, 3) uint8, RGB.

    Raises:
        OSError: The pipeline leaves the image out, as it cannot read it.
    """
    step = image_loader(steps)
    load = TRANSFORMS.build(step) if isinstance(step, dict) else step
    loaded = load(dict(img_path=os.fspath(path)))
    if loaded is None:
        raise OSError(f'{path} cannot be read as an image')
    return as_picture(loaded['img'])


def as_picture(image: np.ndarray) -> np.ndarray:
    """Return an image that a network sees as people can look at it.

    Args:
        image: (H, W) or (H, W, C), in OpenCV's order of channels, of any
            number type.

    Returns:
        (H, W, 3) uint8, RGB: the first three channels, or one three times.
        Values of two bytes are brought to one.
    """
    if image.dtype == np.uint16:
        image = image // 256
    if image.ndim == 2:
        image = image[..., None]
    image = image[..., :3] if image.shape[-1] > 2 else image[..., :1]
    shown = np.clip(image, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(
        np.broadcast_to(shown[..., ::-1], (*shown.shape[:2], 3)))


def _loads_images(step: Step) -> bool:
    kind = step['type'] if isinstance(step, dict) else type(step)
    name = kind if isinstance(kind, str) else kind.__name__
    name = name.rsplit('.', 1)[-1]
    return name == 'InferencerLoader' or (
        name.startswith('Load') and 'Annotation' not in name)
