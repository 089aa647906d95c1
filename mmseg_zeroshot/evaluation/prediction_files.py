"""Predictions as files whose sub-folders are those of their images."""
from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from mmengine.dist import all_gather_object, get_rank
from PIL import Image

from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.images import relative_names

WAITING = '.waiting'
"""Folder of files that have no name yet."""


class PredictionFiles:
    """Write one PNG of class ids per image, without overwriting any.

    Images of several folders may have one file name, so the names of the
    PNG files are their images' paths below the folder that holds them all.
    It is known when all are there: until then the files wait in a hidden
    folder.

    Args:
        folder: Where the files go.
    """

    def __init__(self, folder: str | os.PathLike) -> None:
        self.folder = Path(folder)
        self._waiting: dict[str, Path] = {}

    def add(self, image: str, ids: np.ndarray) -> None:
        """Write a prediction.

        Args:
            image: Path of the image; of two predictions of one, the last
                stays.
            ids: (H, W) class ids.
        """
        path = self._waiting.setdefault(
            image, self.folder / WAITING
            / f'{get_rank()}-{len(self._waiting)}.png')
        kind = np.uint8 if ids.max() < 256 else np.uint16
        with atomic_write(path) as file:
            Image.fromarray(ids.astype(kind)).save(file, format='PNG')

    def finish(self) -> None:
        """Give all files their names; every process must call it."""
        images = {image for part in all_gather_object(list(self._waiting))
                  for image in part}
        names = file_names(images)
        for image, waiting in self._waiting.items():
            path = self.folder / names[image]
            path.parent.mkdir(parents=True, exist_ok=True)
            waiting.replace(path)
        self._waiting = {}
        try:
            (self.folder / WAITING).rmdir()
        except OSError:
            pass  # Another process still has files there.


def file_names(images: Iterable[str]) -> Mapping[str, str]:
    """Name the prediction of each image.

    Args:
        images: Paths of different images.

    Returns:
        Relative paths that end in ``.png``, by image: ``x/1.png`` and
        ``y/1.png`` of ``data/x/1.jpg`` and ``data/y/1.jpg``. Images that
        differ in their suffix keep it.
    """
    paths = sorted(images)
    names = relative_names(paths)
    count = Counter(names)
    return {path: (name if count[name] == 1
                   else name + os.path.splitext(path)[1]) + '.png'
            for path, name in zip(paths, names)}
