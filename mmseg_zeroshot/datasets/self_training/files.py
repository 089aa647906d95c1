"""Pseudo-labels on disk: label maps beside a manifest that vouches for them.

.. code:: text

    <folder>/manifest.json   what made them, and every map; written last
    <folder>/running.json    what is being made, until the manifest is there
    <folder>/maps/<name>.png class ids, 255 where there is no pseudo-label;
                             16 bit and 65535 for more than 255 classes
"""
from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict, cast

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mmseg_zeroshot.datasets.transforms.checked_loading import check_whole
from mmseg_zeroshot.semantics.class_split import SplitDict
from mmseg_zeroshot.semantics.supervision import current_keys
from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.images import open_image, relative_names
from mmseg_zeroshot.utils.label_values import (
    first_odd_value,
    label_type,
    no_label,
)
from mmseg_zeroshot.utils.reading import parse_json, read_json
from mmseg_zeroshot.utils.typing_utils import ConfigType, JSONObject, JSONValue

FORMAT = 'mmseg_zeroshot pseudo-labels'
VERSION = 2
MANIFEST, RUNNING, MAPS = 'manifest.json', 'running.json', 'maps'
REPEAT = 'mmseg-zeroshot pseudo-label CONFIG CHECKPOINT'


class Note(TypedDict):
    """What a map's file says of itself."""

    run: str
    """Fingerprint of the stamp it was made under."""
    predicted: int
    """Pixels that were predicted unseen."""
    kept: dict[str, int]
    """By id of an unseen class, its pixels in the map."""


class ImageEntry(TypedDict):
    """What the manifest says of an image."""

    unlabelled: bool
    predicted: int
    kept: dict[str, int]
    bytes: int
    """Length of the map's file."""


class PseudoStamp(TypedDict):
    """What is known before the first image is labelled."""

    format: str
    version: int
    checkpoint: str
    """SHA-256 of the model's file."""
    checkpoint_name: str
    supervision: str | None
    """What the model might see, None if it does not say."""
    round: int
    """1 for pseudo-labels of a zero-shot model, 2 for those of a model that
    was trained on these, and so on."""
    config: str
    """Fingerprint of what else decides about predictions."""
    split: SplitDict
    gamma: float
    p: float
    """Percentage of the pixels predicted unseen that is kept."""
    views: ConfigType
    """Other views of an image that must agree."""
    mode: str
    listed: bool
    """Whether a list names the unlabelled images."""
    data: dict[str, str]
    """By name of an image, what is in its file."""


class Manifest(PseudoStamp):
    """The stamp of finished pseudo-labels."""

    images: dict[str, ImageEntry]
    """By name of an image."""


STAMP_KEYS = tuple(PseudoStamp.__annotations__)
"""Keys that are known before the first image is labelled."""

_NOTE = 'pseudo_labels'
_FULL_DISK = ('finished label maps are kept: free space and run the same '
              'command again to go on')


def image_names(paths: Sequence[str | os.PathLike]) -> list[str]:
    """Name images by their paths below the folder that holds them all.

    Args:
        paths: Files of the images; one may be there several times.

    Returns:
        Relative paths with forward slashes, without suffix.

    Raises:
        ValueError: Two images would have one name.
    """
    files = [os.fspath(path) for path in paths]
    names = relative_names(files)
    if not files:
        return []
    pairs = Counter(name for name, _ in set(zip(names, files)))
    name, count = max(pairs.items(), key=lambda item: item[1])
    if count > 1:
        twins = sorted({f for n, f in zip(names, files) if n == name})
        raise ValueError(
            f'{" and ".join(twins[:2])} differ in their suffix only, so '
            'their pseudo-labels would be one file: rename one')
    return names


def map_path(folder: Path, name: str) -> Path:
    """Return the path of an image's map.

    Args:
        folder: The pseudo-labels.
        name: Of :func:`image_names`.
    """
    return folder / MAPS / f'{name}.png'


def write_map(path: Path, labels: np.ndarray, palette: Sequence[int],
              note: Note) -> None:
    """Write a label map, whole or not at all.

    Args:
        path: PNG file.
        labels: (H, W) uint8 or uint16 class ids.
        palette: 256 RGB colours, flat; a 16-bit file has none.
        note: Plain values that the file carries.
    """
    image = Image.fromarray(labels)
    if labels.dtype == np.uint8:
        image.putpalette(palette)
    info = PngInfo()
    info.add_text(_NOTE, json.dumps(note))
    with atomic_write(path, advice=_FULL_DISK) as file:
        image.save(file, format='PNG', pnginfo=info)


def read_note(path: Path) -> Note | None:
    """Return a map's note without decoding its pixels.

    Args:
        path: The map.

    Returns:
        The note; None if the map is missing, truncated or another picture.
    """
    try:
        check_whole(path)
        with open_image(path) as image:
            note = parse_json(image.info[_NOTE], str(path))
    except (OSError, ValueError, KeyError, TypeError,
            Image.DecompressionBombError):
        return None
    return cast(Note, note) if isinstance(note, dict) else None


def read_map(path: str | os.PathLike, num_classes: int) -> np.ndarray:
    """Read a label map.

    Args:
        path: The map.
        num_classes: Length K of the class list.

    Returns:
        (H, W) class ids, of :func:`label_type`.

    Raises:
        OSError: It is missing, truncated, no picture or holds a value that
            is no class id.
    """
    try:
        check_whole(path)
        with open_image(path) as image:
            ids = np.asarray(image)
        odd = first_odd_value(ids, no_label(num_classes))
        if odd is not None:
            raise ValueError(f'{odd} is no class id')
        return ids.astype(label_type(num_classes), copy=False)
    except (OSError, ValueError, SyntaxError,
            Image.DecompressionBombError) as error:
        raise OSError(
            f'cannot read the pseudo-labels {path} ({error}): make them '
            f'again with {REPEAT}, which writes what is missing') from error


def flat_palette(colors: Sequence[Sequence[int]]) -> list[int]:
    """Return 256 RGB colours for a PNG: the classes', and light grey.

    Args:
        colors: One colour per class.
    """
    rest = [(235, 235, 235)] * (256 - len(colors))
    return [int(value) for color in (*colors, *rest)[:256] for value in color]


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of finished pseudo-labels.

    Args:
        folder: Their folder.

    Raises:
        FileNotFoundError: There is none; whether they are half made is said.
        ValueError: It is not one, or of another version.
    """
    if not (folder / MANIFEST).is_file():
        half = (folder / RUNNING).is_file()
        raise FileNotFoundError(
            f'pseudo-labels {folder} are not finished: the same command of '
            'mmseg-zeroshot pseudo-label goes on' if half else
            f'no pseudo-labels at {folder} (no {MANIFEST}): make them with '
            f'{REPEAT} --out {folder}')
    manifest = read_stamp(folder / MANIFEST)
    if manifest is None or manifest.get('format') != FORMAT:
        raise ValueError(
            f'{folder / MANIFEST} is not a manifest of pseudo-labels: point '
            f'`path` elsewhere, or make some with {REPEAT}')
    if manifest.get('version') != VERSION:
        raise ValueError(
            f'pseudo-labels {folder} have version '
            f'{manifest.get("version")!r}, this package reads {VERSION}: '
            f'make them again with {REPEAT} --overwrite')
    missing = [k for k in (*STAMP_KEYS, 'images') if k not in manifest]
    if missing:
        raise ValueError(f'{folder / MANIFEST} lacks {missing[0]!r}: make '
                         f'the pseudo-labels again with {REPEAT} --overwrite')
    return cast(Manifest, manifest)


def read_stamp(path: Path) -> JSONObject | None:
    """Return a manifest or what is known of one before it is finished.

    Args:
        path: The file, of this version or of 0.1.0.

    Returns:
        Its content; None if it is missing or no object in JSON.
    """
    try:
        content = read_json(path)
    except (OSError, ValueError):
        return None
    return current_keys(content) if isinstance(content, dict) else None


def write_json(path: Path, content: Mapping[str, JSONValue]) -> None:
    """Write an object to a JSON file, whole or not at all.

    Args:
        path: The file.
        content: Plain values.
    """
    with atomic_write(path, 'w') as file:
        json.dump(content, file, indent=1)
