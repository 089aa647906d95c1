"""Reading a table of class vectors from a file that nobody vouches for."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np


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
    try:
        with np.load(path, allow_pickle=False) as data:
            missing = {'classes', 'vectors'} - set(data.files)
            if missing:
                raise ValueError(
                    f'has no array {sorted(missing)[0]!r}, only '
                    f'{", ".join(data.files) or "nothing"}')
            return _checked_arrays(data['classes'], data['vectors'])
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error,
            KeyError) as error:
        raise ValueError(f'truncated or broken: {error}') from error


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
