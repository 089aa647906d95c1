"""The files below a folder, listed once."""
from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mmseg_zeroshot.utils.images import SUFFIXES

DEPTH = 5
"""So many folders below the root are looked into."""


@dataclass(frozen=True)
class Listing:
    """The image and text files below a folder.

    Attributes:
        root: The folder.
        images: Names of image files, by their folder below ``root``.
        texts: Text files below ``root``.
    """

    root: Path
    images: dict[str, list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)


def list_files(root: Path) -> Listing:
    """List the image and text files below a folder.

    Links to folders are followed; hidden files and folders are left out.

    Args:
        root: The folder.

    Raises:
        FileNotFoundError: There is no such folder.
    """
    if not root.is_dir():
        raise FileNotFoundError(f'no folder {root}: give the folder that '
                                'holds images and masks as --data-root')
    listing = Listing(root)
    for folder, names in _folders(root):
        images = sorted(n for n in names if n.lower().endswith(SUFFIXES))
        if images:
            listing.images[folder] = images
        listing.texts.extend(
            (f'{folder}/{name}' if folder != '.' else name)
            for name in sorted(names) if name.endswith('.txt'))
    return listing


def _folders(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield folders below the root as text, and the names of their files."""
    visited = set()
    for path, folders, names in os.walk(root, followlinks=True):
        folder = Path(path).relative_to(root)
        real = os.path.realpath(path)
        if real in visited or len(folder.parts) >= DEPTH:
            folders.clear()
        folders[:] = sorted(f for f in folders if not f.startswith('.'))
        if real not in visited:
            visited.add(real)
            yield folder.as_posix(), [
                n for n in names if not n.startswith('.')]
