"""Label maps by name, one file each."""
from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from .arrays import ARRAYS, NO_PICKLE, PICKLES, read_array
from .label_maps import IMAGES, LOSSY, Decode, read_image, whole_ids
from .sources import Source


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
    """Label maps that are a file each, an image or an array.

    Args:
        source: Has the files.
        colours: Turns colours into ids; None where files hold ids.

    Raises:
        ValueError: There is no file of a known kind.
    """

    def __init__(self, source: Source, colours: Decode | None = None) -> None:
        self.place = source.place
        self.source, self._colours = source, colours
        self.names: Sequence[str] = [
            name for name in source.names
            if name.lower().endswith(IMAGES + LOSSY + ARRAYS + PICKLES)]
        if not self.names:
            raise ValueError(_nothing(source))

    def load(self, name: str) -> LabelMap:
        """Read a label map.

        Args:
            name: One of ``names``.

        Raises:
            ValueError: It cannot be read.
        """
        end = name.lower()
        if end.endswith(LOSSY):
            raise ValueError('is of a lossy kind, which changes ids at every '
                             'border: write PNG from the original masks')
        if end.endswith(PICKLES):
            raise ValueError(NO_PICKLE)
        data = self.source.read(name)
        ids = (_array_ids(read_array(data)) if end.endswith(ARRAYS)
               else read_image(data, self._colours))
        return LabelMap(ids, hashlib.sha256(data).hexdigest())


def _array_ids(values: np.ndarray) -> np.ndarray:
    """Return (H, W) ids of an array that may be (1, H, W)."""
    if values.ndim == 3 and len(values) == 1:
        values = values[0]
    if values.ndim != 2:
        raise ValueError(f'holds an array of the shape {values.shape}; a '
                         'label map is (height, width)')
    return whole_ids(values)


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
            f'{", ".join(IMAGES + ARRAYS)} are read')
