"""Numbers from NPY and NPZ files; pickles are never read."""
from __future__ import annotations

import io

import numpy as np

ARRAYS = ('.npy', '.npz')
"""Endings of files of numbers."""
PICKLES = ('.pkl', '.pickle', '.pt', '.pth', '.joblib')
"""Endings of files that run code when they are read."""
NO_PICKLE = ('is a pickle, which may run code when it is read: write plain '
             'numbers where it was made, np.save(path, np.asarray(values))')


def read_array(data: bytes) -> np.ndarray:
    """Return the one array of a file.

    Args:
        data: An NPY file, or an NPZ file of one array.

    Returns:
        The array, of any type that numpy stores without pickle.

    Raises:
        ValueError: It is no such file, is cut off, holds a pickle, or holds
            several arrays.
    """
    if not data:
        raise ValueError('is empty')
    try:
        loaded = np.load(io.BytesIO(data), allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return loaded
        if len(loaded.files) == 1:
            return loaded[loaded.files[0]]
    # Of cut off files numpy, zipfile and zlib raise nearly anything.
    except Exception as error:
        if 'pickle' in str(error):
            raise ValueError(NO_PICKLE) from error
        raise ValueError(f'cannot be read, {error}') from error
    raise ValueError(f'holds {len(loaded.files)} arrays, '
                     f'{", ".join(loaded.files[:5])}: save one a file')
