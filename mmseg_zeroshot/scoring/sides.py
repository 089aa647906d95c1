"""The two sides that are compared, each as label maps by name."""
from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from .label_maps import IMAGES, LOSSY, Decode, read_image
from .sources import Source, open_source


class LabelMap(NamedTuple):
    """One label map.

    Attributes:
        ids: (H, W) uint8 or uint16, as the file has them.
        digest: SHA-256 of the file.
    """

    ids: np.ndarray
    digest: str


class Labels(Protocol):
    """Label maps of one side.

    Attributes:
        place: What the names are below, for messages.
        names: Names of the label maps.
    """

    place: str
    names: Sequence[str]

    def load(self, name: str) -> LabelMap:
        """Read a label map; threads may call it.

        Args:
            name: One of ``names``.

        Raises:
            ValueError: It cannot be read; says why, but not which.
        """


class LabelFiles:
    """Label maps that are a file each.

    Args:
        source: Has the files.
        colours: Turns colours into ids; None where files hold ids.

    Raises:
        ValueError: There is no file of a known kind.
    """

    def __init__(self, source: Source, colours: Decode | None = None) -> None:
        self.place = source.place
        self._source, self._colours = source, colours
        self.names: Sequence[str] = [
            name for name in source.names
            if name.lower().endswith(IMAGES + LOSSY)]
        if not self.names:
            raise ValueError(_nothing(source))

    def load(self, name: str) -> LabelMap:
        """Read a label map.

        Args:
            name: One of ``names``.

        Raises:
            ValueError: It cannot be read.
        """
        if name.lower().endswith(LOSSY):
            raise ValueError('is of a lossy kind, which changes ids at every '
                             'border: write PNG from the original masks')
        data = self._source.read(name)
        return LabelMap(read_image(data, self._colours),
                        hashlib.sha256(data).hexdigest())


def open_labels(path: str | os.PathLike,
                colours: Decode | None = None) -> Labels:
    """Open the label maps of one side.

    Args:
        path: A folder or a zip file.
        colours: Turns colours into ids; None where files hold ids.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It holds nothing that can be read.
    """
    return LabelFiles(open_source(path), colours)


def joint_digest(digests: Iterable[tuple[str, str]]) -> str:
    """Return one digest of many files, whatever their order.

    Args:
        digests: Name and digest of each.
    """
    joint = hashlib.sha256()
    for name, digest in sorted(digests):
        joint.update(f'{name}\0{digest}\n'.encode())
    return joint.hexdigest()


def _nothing(source: Source) -> str:
    ends = sorted({os.path.splitext(name)[1] for name in source.names})
    found = (f'holds {len(source.names)} files that end in '
             f'{", ".join(ends[:8])}' if ends else 'is empty')
    return (f'{source.place} {found}, and no label maps: '
            f'{", ".join(IMAGES)} are read')
