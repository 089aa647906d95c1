"""The embedded data set on disk: written once, whole or not at all."""
from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from mmseg_zeroshot.utils.io import explain_full_disk
from mmseg_zeroshot.utils.progress import progress
from mmseg_zeroshot.utils.reading import read_json
from mmseg_zeroshot.utils.typing_utils import JSONValue

from .scenes import compose
from .words import class_palette

STAMP = 'compositions.json'
"""File that says how a folder was made; it is written last."""

VERSION = 1
"""Raise it whenever the generator draws other images from the same seed."""

SUBSETS = ('train', 'val')

Draw = Callable[[Sequence[str], int, np.random.Generator],
                tuple[np.ndarray, np.ndarray]]
"""From class names, side and randomness to an image and its label map."""


def write_compositions(root: str | os.PathLike,
                       *,
                       classes: Sequence[str],
                       num_images: Mapping[str, int],
                       image_size: int,
                       seed: int,
                       draw: Draw = compose,
                       palette: Sequence[Sequence[int]] | None = None
                       ) -> None:
    """Write the images and label maps unless they are there already.

    They are written into a temporary folder beside ``root`` that is renamed
    when it is complete. Several processes may do so at once: the first to
    finish wins and the others drop their own, equal, copy.

    Args:
        root: Folder of the data set: ``img_dir/{train,val}`` and
            ``ann_dir/{train,val}``, PNG files.
        classes: Class names, see :func:`compose`.
        num_images: Number of images of 'train' and of 'val'.
        image_size: Side of an image in pixels.
        seed: Seed of the whole data set.
        draw: Draws an image and its label map from class names, the side and
            a source of randomness. Default: :func:`compose`.
        palette: RGB per class in label maps. Default: None,
            :func:`class_palette`.

    Raises:
        ValueError: ``root`` holds something else: another version, other
            parameters, or a data set of which files are missing.
    """
    target = Path(root).absolute()
    stamp = dict(
        version=VERSION, image_size=image_size, seed=seed,
        **{f'num_{name}': num_images[name] for name in SUBSETS},
        classes=list(classes))
    if _occupied(target):
        check_stamp(target, stamp)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(
        dir=target.parent, prefix=f'.{target.name}.', suffix='.part'))
    try:
        with explain_full_disk(target):
            _write(temporary, stamp, draw,
                   palette or class_palette(classes))
            _move(temporary, target, stamp)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_stamp(root: Path, stamp: Mapping[str, JSONValue]) -> None:
    """Raise unless a folder holds exactly the data set that is asked for.

    Args:
        root: The folder.
        stamp: What its stamp must say.

    Raises:
        ValueError: Naming what differs.
    """
    advice = f'delete {root} or choose another data_root'
    try:
        found = dict(read_json(root / STAMP))
    except (OSError, ValueError, TypeError):
        raise ValueError(
            f'{root} is not empty and has no readable {STAMP}, so it is not '
            f'a whole CompositionsDataset: {advice}') from None
    for key, value in stamp.items():
        if found.get(key) != value:
            raise ValueError(
                f'{root} was made with {key} = {found.get(key)!r}, not '
                f'{value!r}: {advice}')
    for folder, count in _folders(stamp):
        files = root / folder
        present = len(list(files.glob('*.png'))) if files.is_dir() else 0
        if present != count:
            raise ValueError(f'{files} holds {present} images instead of '
                             f'{count}: {advice}')


def _folders(stamp: Mapping[str, JSONValue]) -> list[tuple[str, int]]:
    """The folders of a data set, each with its number of files."""
    return [(f'{kind}/{name}', stamp[f'num_{name}'])
            for kind in ('img_dir', 'ann_dir') for name in SUBSETS]


def _occupied(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def _write(folder: Path, stamp: Mapping[str, JSONValue], draw: Draw,
           palette: Sequence[Sequence[int]]) -> None:
    """Write a data set, its stamp last, into an empty folder."""
    for name, _ in _folders(stamp):
        (folder / name).mkdir(parents=True)
    total = sum(stamp[f'num_{name}'] for name in SUBSETS)
    jobs = ((part, name, index) for part, name in enumerate(SUBSETS)
            for index in range(stamp[f'num_{name}']))
    for part, name, index in progress(jobs, total, 'drawn images'):
        # A seed of its own for every image: more images do not change the
        # first ones, and validation does not depend on training.
        rng = np.random.default_rng([stamp['seed'], part, index])
        image, labels = draw(stamp['classes'], stamp['image_size'], rng)
        _save(folder, name, f'{index:05d}.png', image, labels, palette)
    text = json.dumps(stamp, indent=1) + '\n'
    (folder / STAMP).write_text(text, encoding='utf-8')


def _save(folder: Path, subset: str, name: str, image: np.ndarray,
          labels: np.ndarray, palette: Sequence[Sequence[int]]) -> None:
    Image.fromarray(image).save(
        folder / 'img_dir' / subset / name, compress_level=1)
    mask = Image.fromarray(labels, mode='P')
    # A palette, as in VOC: label maps can be looked at.
    mask.putpalette(np.array(palette).ravel().tolist())
    mask.save(folder / 'ann_dir' / subset / name)


def _move(temporary: Path, target: Path,
          stamp: Mapping[str, JSONValue]) -> None:
    """Rename a complete folder; if another process was first, use its."""
    umask = os.umask(0)
    os.umask(umask)
    temporary.chmod(0o777 & ~umask)
    try:
        temporary.rename(target)
    except OSError:
        if not _occupied(target):
            raise
        check_stamp(target, stamp)
