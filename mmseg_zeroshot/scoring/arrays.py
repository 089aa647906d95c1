"""Numbers from NPY and NPZ files; pickles are never read."""
from __future__ import annotations

import io

import numpy as np

from mmseg_zeroshot.utils.npz import read_arrays

ARRAYS = ('.npy', '.npz')
"""Endings of files of numbers."""
PICKLES = ('.pkl', '.pickle', '.pt', '.pth', '.joblib')
"""Endings of files that run code when they are read."""
NO_PICKLE = ('is a pickle, which may run code when it is read: write plain '
             'numbers where it was made, np.save(path, np.asarray(values))')
_ZIP = b'PK'


def read_array(data: bytes) -> np.ndarray:
    """Return the one array of a file.

    Args:
        data: An NPY file, or an NPZ file of one array.

    Returns:
        The array, of any type that numpy stores without pickle.

    Raises:
        ValueError: It is no such file, is cut off, holds a pickle, holds
            several arrays, or would be far larger in memory than it is.
    """
    if not data:
        raise ValueError('is empty')
    file = io.BytesIO(data)
    if data.startswith(_ZIP):
        return read_arrays(file, len(data), ())[0]
    try:
        return np.load(file, allow_pickle=False)
    # Of cut off files numpy raises nearly anything.
    except Exception as error:
        if 'pickle' in str(error):
            raise ValueError(NO_PICKLE) from error
        raise ValueError(f'cannot be read, {error}') from error
