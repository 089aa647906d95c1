"""Arrays of an ``.npz`` file that nobody vouches for, bounded before read."""
from __future__ import annotations

import math
import os
import zipfile
from collections.abc import Sequence
from typing import IO

import numpy as np
from numpy.lib import format as npy

SMALL = 64 << 20
"""Bytes that arrays may always have."""
RATIO = 16
"""How many times the size of the file they may have. Vectors hardly shrink."""
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1


def read_npz(path: str | os.PathLike,
             names: Sequence[str]) -> tuple[np.ndarray, ...]:
    """Read arrays of a file; nothing is unpickled.

    A few bytes of a compressed file can stand for gigabytes. So the headers
    of all wanted arrays are read first, and their sizes compared with the
    file's.

    Args:
        path: The file.
        names: Of the arrays.

    Returns:
        The arrays, in the order of the names.

    Raises:
        OSError: The file is not there or cannot be opened.
        ValueError: It is no such file, lacks an array, is damaged, or would
            be far larger in memory than it is. The caller names the file.
    """
    with open(path, 'rb') as file:
        return read_arrays(file, os.fstat(file.fileno()).st_size, names)


def read_arrays(file: IO[bytes], length: int,
                names: Sequence[str]) -> tuple[np.ndarray, ...]:
    """Read arrays of an open file; see :func:`read_npz`.

    Args:
        file: The file, from which may be read anywhere.
        length: Its bytes.
        names: Of the arrays; none means the one that there is.

    Raises:
        ValueError: As :func:`read_npz`, or the one array is not alone.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = names or _only_name(archive)
            _check_names(archive, names)
            sizes = {name: _array_size(archive, name) for name in names}
            if sum(sizes.values()) > max(SMALL, RATIO * length):
                raise ValueError(_too_large(length, sizes))
            return tuple(_read(archive, name) for name in names)
    except ValueError:
        raise
    # A made-up archive or header makes zipfile and numpy raise anything.
    except Exception as error:
        raise ValueError('truncated or broken: '
                         f'{error or type(error).__name__}') from error


def _only_name(archive: zipfile.ZipFile) -> list[str]:
    names = [name.removesuffix('.npy') for name in archive.namelist()]
    if len(names) != 1:
        raise ValueError(f'holds {len(names)} arrays, '
                         f'{", ".join(names[:5])}: save one a file')
    return names


def _check_names(archive: zipfile.ZipFile, names: Sequence[str]) -> None:
    there = [name.removesuffix('.npy') for name in archive.namelist()]
    for name in names:
        if name not in there:
            raise ValueError(f'has no array {name!r}, only '
                             f'{", ".join(there[:20]) or "nothing"}')
        info = archive.getinfo(f'{name}.npy')
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _PLAIN:
            raise ValueError(
                f'the array {name!r} is encrypted or packed in a way that '
                'numpy does not write; save it with numpy.savez_compressed')


def _array_size(archive: zipfile.ZipFile, name: str) -> int:
    """Return an array's bytes by its header, checked against the archive."""
    with archive.open(f'{name}.npy') as member:
        shape, _, dtype = _header(member)
        if dtype.hasobject:
            raise ValueError(f'the array {name!r} holds Python objects, '
                             'which are a pickle (allow_pickle) and not read')
        size = math.prod(shape) * dtype.itemsize
        stated = archive.getinfo(f'{name}.npy').file_size - member.tell()
    if min(shape, default=0) < 0 or size != stated:
        raise ValueError(f'truncated or broken: the array {name!r} of shape '
                         f'{shape} has {stated:,} bytes instead of {size:,}')
    return size


def _header(member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Read the start of an array."""
    version = npy.read_magic(member)
    read = (npy.read_array_header_1_0 if version == (1, 0) else
            npy.read_array_header_2_0)
    return read(member)


def _read(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    with archive.open(f'{name}.npy') as member:
        array = npy.read_array(member, allow_pickle=False)
        # The archive's checksum is compared at the end.
        member.read(1)
    return array


def _too_large(length: int, sizes: dict[str, int]) -> str:
    listed = ', '.join(f'{name!r} of {size:,} bytes'
                       for name, size in sizes.items())
    return (f'would be far larger in memory than the file, which has '
            f'{length:,} bytes: {listed}. If that is '
            'right, save it with numpy.savez, which does not compress')
