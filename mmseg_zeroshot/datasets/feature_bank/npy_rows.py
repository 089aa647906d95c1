"""Rows of large .npy files, without their pages becoming our memory."""
from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

import numpy as np

from .checksums import BlockChecks


class NpyRows:
    """Runs of rows of an array on disk.

    Not through a memory map alone: pages that were touched count as the
    process's memory, up to the size of the file, and a run that is not
    cached is read several times faster than it is paged in.

    Args:
        path: The ``.npy`` file.
        sums: Checksums of its blocks, with which the rows that are read are
            compared, once in each process. Default: None, nothing is.

    Raises:
        ValueError: It is not such a file, or is truncated.
    """

    def __init__(self, path: Path, sums: np.ndarray | None = None) -> None:
        self.path, self.sums = path, sums
        self._checks = None if sums is None else BlockChecks(path, sums)
        # This reads the header; the bytes stay on the disk. Not by np.load,
        # which would open an archive too.
        self.array: np.ndarray = np.lib.format.open_memmap(path, mode='r')
        self._first_byte = int(getattr(self.array, 'offset', 0))
        self._file: int | None = None

    def read(self, row: int, out: np.ndarray) -> np.ndarray:
        """Fill ``out`` with neighbouring rows.

        Args:
            row: The first of them.
            out: (n, ...) contiguous, of the array's type.

        Returns:
            ``out``.

        Raises:
            OSError: The file ends before the rows do.
            ValueError: The rows are not those that were written.
        """
        if not out.size:
            return out
        place = self._first_byte + row * (out.nbytes // len(out))
        if self._checks:
            self._checks.check(place, place + out.nbytes)
        if not hasattr(os, 'preadv'):
            out[:] = self.array[row:row + len(out)]
            return out
        if self._file is None:
            self._file = os.open(self.path, os.O_RDONLY)
        target = out.reshape(-1).view(np.uint8).data
        if os.preadv(self._file, [target], place) != len(target):
            raise OSError(f'{self.path} ended early: it was changed while in '
                          'use')
        return out

    def whole(self) -> np.ndarray:
        """Return the mapped array, all of it compared with its checksums.

        Raises:
            ValueError: It is not the one that was written.
        """
        if self._checks:
            self._checks.check_all()
        return self.array

    def __getstate__(self) -> dict[str, Any]:
        return dict(path=self.path, sums=self.sums)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def __del__(self) -> None:
        if getattr(self, '_file', None) is not None:
            os.close(self._file)  # type: ignore[arg-type]
            self._file = None


def write_header(file: IO[bytes], shape: tuple[int, ...], dtype: type) -> int:
    """Write the start of an ``.npy`` file.

    Args:
        file: An empty file.
        shape: Of the array that will follow.
        dtype: Its type.

    Returns:
        Length of the header in bytes.
    """
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
    np.lib.format.write_array_header_1_0(
        file, dict(descr=descr, fortran_order=False, shape=shape))
    return file.tell()
