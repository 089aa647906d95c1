"""Predictions as files: overlay, mask and areas."""
from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from PIL import Image

from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.pictures import read_picture

from .overlay import draw_overlay
from .palettes import colorblind_palette

AREAS_FILE = 'areas.json'


class Area(TypedDict):
    """The pixels of a class in an image."""

    id: int
    name: str
    group: str
    pixels: int
    share: float
    """Of all pixels, 0 to 1."""


class ImageAreas(TypedDict, total=False):
    """The record of an image in ``areas.json``."""

    image: str
    width: int
    height: int
    overlay: str
    """Name of the file, where one is written."""
    mask: str
    """Name of the file, where one is written."""
    classes: list[Area]
    """The largest first."""


class PredictionWriter:
    """Write what has been predicted for images into a folder.

    ``vis/NAME.jpg`` is the overlay, ``pred/NAME.png`` the mask, whose pixels
    are class ids, and ``areas.json`` has every class's pixels.

    Args:
        out_dir: The folder.
        classes: K class names, by id.
        groups: ``'seen'``, ``'unseen'``, ``'added'`` or ``'ignored'`` by
            class.
        palette: K RGB colours; by default colour-blind-safe ones, given to
            the classes that are not ignored first.
        img_out_dir: Folder of overlays in ``out_dir``; '' writes none.
        pred_out_dir: Folder of masks in ``out_dir``; '' writes none.
        opacity: Of the overlay's colours.
        with_labels: Whether overlays have a legend.
        read: Returns an image file as (H, W, 3) uint8 RGB. It should read
            as the network's pipeline does.
    """

    def __init__(self,
                 out_dir: str | os.PathLike,
                 classes: Sequence[str],
                 groups: Mapping[str, str],
                 *,
                 palette: Sequence[Sequence[int]] | None = None,
                 img_out_dir: str = 'vis',
                 pred_out_dir: str = 'pred',
                 opacity: float = 0.6,
                 with_labels: bool = True,
                 read: Callable[[Path], np.ndarray] = read_picture) -> None:
        self.out_dir = Path(out_dir)
        self.classes = list(classes)
        self.groups = dict(groups)
        self.palette = palette or colorblind_palette(classes, [
            i for i, name in enumerate(classes)
            if groups[name] != 'ignored'])
        self.img_out_dir = img_out_dir
        self.pred_out_dir = pred_out_dir
        self.opacity = opacity
        self.with_labels = with_labels
        self.read = read
        marks = dict(unseen='★ ', added='+ ')
        self._marks = {name: marks.get(group, '')
                       for name, group in groups.items()}
        self._records: list[ImageAreas] = []
        self._names: set[str] = set()

    def write(self, path: Path, ids: np.ndarray) -> ImageAreas:
        """Write an image's overlay and mask, and note its areas.

        Args:
            path: The image file.
            ids: (H, W) class ids of its pixels.

        Returns:
            The image's record in ``areas.json``.
        """
        name = self._free_name(path.stem)
        record = ImageAreas(
            image=str(path), width=ids.shape[1], height=ids.shape[0])
        if self.img_out_dir:
            record['overlay'] = f'{self.img_out_dir}/{name}.jpg'
            self._write_overlay(path, ids, record['overlay'])
        if self.pred_out_dir:
            record['mask'] = f'{self.pred_out_dir}/{name}.png'
            self._write_mask(ids, record['mask'])
        record['classes'] = self._areas(ids)
        self._records.append(record)
        return record

    def finish(self, **about: Any) -> Path:
        """Write ``areas.json``.

        Args:
            about: What else it should say, such as the config.

        Returns:
            The file.
        """
        listed = [dict(id=i, name=name, group=self.groups[name])
                  for i, name in enumerate(self.classes)]
        with atomic_write(self.out_dir / AREAS_FILE, 'w') as file:
            json.dump(dict(about, classes=listed, images=self._records), file,
                      indent=1)
        return self.out_dir / AREAS_FILE

    def _free_name(self, stem: str) -> str:
        """Return a name that no other image of this run has."""
        name, number = stem, 1
        while name in self._names:
            number += 1
            name = f'{stem}-{number}'
        self._names.add(name)
        return name

    def _write_overlay(self, path: Path, ids: np.ndarray, name: str) -> None:
        picture = draw_overlay(
            self.read(path), ids, classes=self.classes, palette=self.palette,
            marks=self._marks, opacity=self.opacity,
            with_labels=self.with_labels)
        # Pillow writes a JPEG to a file itself, and says of a full disk no
        # more than "encoder error -2".
        encoded = BytesIO()
        Image.fromarray(picture).save(encoded, 'JPEG', quality=92)
        with atomic_write(self.out_dir / name) as out:
            out.write(encoded.getbuffer())

    def _write_mask(self, ids: np.ndarray, name: str) -> None:
        if len(self.classes) > 256:
            mask = Image.fromarray(ids.astype(np.uint16))
        else:
            mask = Image.fromarray(ids.astype(np.uint8))
            mask.putpalette(np.asarray(self.palette, np.uint8).tobytes())
        with atomic_write(self.out_dir / name) as out:
            mask.save(out, 'PNG')

    def _areas(self, ids: np.ndarray) -> list[Area]:
        counts = np.bincount(ids.ravel(), minlength=len(self.classes))
        return [Area(id=int(i), name=self.classes[i],
                     group=self.groups[self.classes[i]],
                     pixels=int(counts[i]), share=counts[i] / ids.size)
                for i in counts.argsort()[::-1] if counts[i]]

