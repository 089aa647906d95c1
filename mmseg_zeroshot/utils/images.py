"""Image files that a user names: found, and looked at before any work."""
from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from PIL import Image

SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp')
# JPEG's plugin opens MPO, too, which has none of its own to open it.
_FORMATS = ('PNG', 'JPEG', 'BMP', 'DIB', 'TIFF', 'WEBP', 'GIF', 'PPM',
            'JPEG2000', 'TGA', 'PCX', 'ICO', 'SGI')
_ORIENTATION = 0x0112
_ON_ITS_SIDE = (5, 6, 7, 8)
# Where Pillow finds EXIF in front of a PNG file's pixels.
_EXIF_OF_PNG = ('exif', 'Raw profile type exif')
_ENDS = {'.jpg': b'\xff\xd9', '.jpeg': b'\xff\xd9', '.png': b'IEND'}


class Photo(NamedTuple):
    """An image file that can be read.

    Attributes:
        path: The file.
        size: (width, height) as its header says, turned as its EXIF
            orientation says.
        orientation: EXIF orientation; 1 is that of the stored pixels.
    """

    path: Path
    size: tuple[int, int]
    orientation: int = 1


def find_images(sources: Sequence[str]) -> list[Path]:
    """Return the image files of files, folders and glob patterns.

    Args:
        sources: Paths or patterns; a folder gives the images right in it.

    Returns:
        The files in the order of ``sources``, each once; those of a folder
        or pattern by name.

    Raises:
        FileNotFoundError: A source gives no image.
    """
    found: dict[Path, None] = {}
    for source in sources:
        paths = list(_images_of(source))
        if not paths:
            raise FileNotFoundError(
                f'{source}: no such image, folder with images or pattern '
                f'that fits any (formats: {" ".join(SUFFIXES)})')
        found.update(dict.fromkeys(paths))
    return list(found)


def _images_of(source: str) -> Iterator[Path]:
    path = Path(source)
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from sorted(p for p in path.iterdir() if is_image(p))
    else:
        matches = map(Path, sorted(glob.glob(source, recursive=True)))
        yield from (p for p in matches if is_image(p))


def is_image(path: Path) -> bool:
    """Whether a file's name ends as those of images do."""
    return path.is_file() and path.suffix.lower() in SUFFIXES


@contextmanager
def open_image(path: str | os.PathLike) -> Iterator[Image.Image]:
    """Open an image file that nobody vouches for.

    Pillow tells a format by the content, whatever the name says, and lets
    another program run what is PostScript. So only formats of pixels are
    read.

    Args:
        path: The file.

    Yields:
        The image, whose pixels are read when they are asked for.

    Raises:
        OSError: It is not there, or cannot be read.
        DecompressionBombError: It has more pixels than Pillow takes.
    """
    try:
        with Image.open(path, formats=_FORMATS) as image:
            yield image
    except (FileNotFoundError, Image.DecompressionBombError):
        raise
    # Pillow's readers raise nearly anything on broken files.
    except Exception as error:
        raise OSError(f'{path} cannot be read as an image: {error}') from error


def look_at(path: Path, max_pixels: int) -> Photo:
    """Check an image by its header, its size and its end.

    Args:
        path: The file.
        max_pixels: Most pixels that an image may have.

    Returns:
        The file with its size.

    Raises:
        ValueError: It has too many pixels.
        OSError: It cannot be read, or ends too early.
    """
    try:
        with open_image(path) as image:
            size, turned = image.size, orientation(image)
            if turned in _ON_ITS_SIDE:
                size = size[::-1]
            if size[0] * size[1] <= max_pixels and not _has_end(path):
                image.load()
    except Image.DecompressionBombError as error:
        raise ValueError(f'{path} is oversized: {error}') from error
    if size[0] * size[1] > max_pixels:
        raise ValueError(
            f'{path} is oversized: {size[0]} x {size[1]} are '
            f'{size[0] * size[1]:,} pixels, at most {max_pixels:,} are '
            'taken: make it smaller, or raise --max-pixels')
    return Photo(path, size, turned)


def relative_names(paths: Sequence[str | os.PathLike]) -> list[str]:
    """Name files by their paths below the folder that holds them all.

    Args:
        paths: The files.

    Returns:
        Relative paths with forward slashes, without suffix.
    """
    files = [os.fspath(path) for path in paths]
    if not files:
        return []
    root = os.path.commonpath({os.path.dirname(file) for file in files})
    return [Path(os.path.relpath(file, root or '.')).with_suffix('')
            .as_posix() for file in files]


def orientation(image: Image.Image) -> int:
    """Return an image's EXIF orientation.

    Args:
        image: Just opened: Pillow forgets a TIFF file's once it has loaded
            the pixels, and turns them.

    Returns:
        1 to 8; 1, as the pixels are stored, also where none is given. 2 is
        mirrored, 3 upside down, 4 both; 5 to 8 lie on their side.
    """
    if image.format == 'PNG' and not any(
            key in image.info for key in _EXIF_OF_PNG):
        # Pillow would decode the pixels to look behind them.
        return 1
    given = image.getexif().get(_ORIENTATION, 1)
    return given if given in range(1, 9) else 1


def _has_end(path: Path) -> bool:
    """Whether a file ends as its format does; only others are decoded."""
    end = _ENDS.get(path.suffix.lower())
    if end is None:
        return False
    with open(path, 'rb') as file:
        file.seek(max(0, os.path.getsize(path) - 2048))
        return end in file.read()


def batches(photos: Sequence[Photo], size: int) -> Iterator[list[Photo]]:
    """Yield photos of one size together, at most ``size`` of them.

    Args:
        photos: All photos.
        size: Most photos in a batch.
    """
    groups: dict[tuple[int, int], list[Photo]] = {}
    for photo in photos:
        groups.setdefault(photo.size, []).append(photo)
    for group in groups.values():
        for start in range(0, len(group), size):
            yield group[start:start + size]
