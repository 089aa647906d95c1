"""Reading a table of class vectors from a file that nobody vouches for."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from mmseg_zeroshot.utils.npz import read_npz


def read_npz_table(path: Path) -> tuple[tuple[str, ...], np.ndarray]:
    """Names and vectors of a file.

    Args:
        path (Path): The file.

    Returns:
        tuple[tuple[str, ...], np.ndarray]: K names and the array (K, d),
        of the right types and otherwise unchecked.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not such a table, truncated or broken. The
            caller names the file.
    """
    if not path.is_file():
        raise FileNotFoundError(f'no file of class vectors at {path}')
    if not zipfile.is_zipfile(path):
        raise ValueError('not a table of class vectors: expected an .npz '
                         'file, and pickle or text files are not read, or '
                         'the file is truncated; make one with '
                         'mmseg-zeroshot build-embeddings')
    return _checked_arrays(*read_npz(path, ('classes', 'vectors')))


def _checked_arrays(names: np.ndarray, vectors: np.ndarray
                    ) -> tuple[tuple[str, ...], np.ndarray]:
    """Types of the two arrays of a file."""
    if names.ndim != 1 or names.dtype.kind != 'U':
        raise ValueError("the array 'classes' must hold strings (K,), got "
                         f'{names.dtype} {names.shape}')
    if vectors.dtype.kind not in 'fiu':
        raise ValueError("the array 'vectors' must hold numbers, got "
                         f'{vectors.dtype}')
    return tuple(str(name) for name in names), vectors
