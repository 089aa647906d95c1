"""Images that are turned while their label maps are not."""
from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from mmengine.logging import print_log
from PIL import Image

from mmseg_zeroshot.utils.found_files import is_local
from mmseg_zeroshot.utils.images import orientation

RULE = (
    'Such an image is turned as its tag says and its label map is not, so '
    'the label map must be drawn on the image as viewers show it. If yours '
    'are drawn on the stored pixels, write the images anew without the tag, '
    "or set color_type='color_ignore_orientation' in LoadImageFromFile")
"""How an image with an EXIF orientation and its label map go together."""


def turned_images(paths: Iterable[str]) -> list[str]:
    """Find the local images with an EXIF orientation, by their headers.

    Args:
        paths: Files; one may be there several times.

    Returns:
        Those that are not shown as they are stored, each once and in order.
        A file that cannot be read is left to the loader.
    """
    files = list(dict.fromkeys(path for path in paths if is_local(path)))
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        turned = list(pool.map(_is_turned, files))
    return [file for file, is_turned in zip(files, turned) if is_turned]


def warn_of_turned_images(infos: Iterable[dict]) -> None:
    """Say how many labelled images carry an EXIF orientation, if any do.

    Args:
        infos: One data info per image.
    """
    paths = [info['img_path'] for info in infos if info.get('seg_map_path')]
    turned = turned_images(paths)
    if turned:
        print_log(
            f'{len(turned)} of {len(paths)} images carry an EXIF orientation,'
            f' the first is {turned[0]}. {RULE}', 'current', logging.WARNING)


def _is_turned(path: str) -> bool:
    try:
        with Image.open(path) as image:
            return orientation(image) != 1
    # Pillow's readers raise nearly anything on broken files.
    except Exception:
        return False
