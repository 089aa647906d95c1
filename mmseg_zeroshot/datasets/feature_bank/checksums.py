"""Checksums of a bank's files, one for each block, compared as it is read."""
from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmseg_zeroshot.utils.npz import read_npz

from .stamp import CHECKSUMS, REBUILD

BLOCK_BYTES = 1 << 16
"""Small, so that a run of rows that is read first costs few others."""


def write_checksums(folder: Path, names: Sequence[str]) -> None:
    """Write the checksums of finished files beside them.

    Args:
        folder: The bank.
        names: Its files.
    """
    sums: dict[str, Any] = {name: _of_blocks(folder / name) for name in names}
    with open(folder / CHECKSUMS, 'wb') as file:
        np.savez(file, **sums)
        file.flush()
        os.fsync(file.fileno())


def _of_blocks(path: Path) -> np.ndarray:
    """Return the CRC-32 of each block of a file."""
    found = []
    with open(path, 'rb') as file:
        while block := file.read(BLOCK_BYTES):
            found.append(zlib.crc32(block))
    return np.array(found, np.uint32)


def read_checksums(folder: Path, names: Sequence[str]
                   ) -> dict[str, np.ndarray]:
    """Read the checksums of files.

    Args:
        folder: The bank, which has some.
        names: The files.

    Raises:
        ValueError: They are damaged, or of other files.
    """
    path = folder / CHECKSUMS
    try:
        found = dict(zip(names, read_npz(path, names)))
    except ValueError as error:
        raise ValueError(f'{path} is damaged ({error}); build the bank again:'
                         f' {REBUILD}') from error
    for name, sums in found.items():
        blocks = -(-(folder / name).stat().st_size // BLOCK_BYTES)
        if sums.shape != (blocks, ) or sums.dtype != np.uint32:
            raise ValueError(
                f'{path} is damaged: it holds {sums.dtype} {sums.shape} for '
                f'the {blocks} blocks of {name}; build the bank again: '
                f'{REBUILD}')
    return found


class BlockChecks:
    """Compares blocks of a file with their checksums, each once.

    Args:
        path: The file.
        sums: The checksums of its blocks.
    """

    def __init__(self, path: Path, sums: np.ndarray) -> None:
        self.path, self.sums = path, sums
        self._checked = bytearray(len(sums))

    def check(self, start: int, end: int) -> None:
        """Compare the blocks of some bytes, if that was not done before.

        Args:
            start: The first byte.
            end: Behind the last one.

        Raises:
            ValueError: A block is damaged.
        """
        first, last = start // BLOCK_BYTES, -(-end // BLOCK_BYTES)
        if 0 not in self._checked[first:last]:
            return
        with open(self.path, 'rb') as file:
            for block in range(first, last):
                if not self._checked[block]:
                    file.seek(block * BLOCK_BYTES)
                    self._compare(block, file.read(BLOCK_BYTES))

    def check_all(self) -> None:
        """Compare all blocks of the file.

        Raises:
            ValueError: A block is damaged.
        """
        self.check(0, len(self.sums) * BLOCK_BYTES)

    def _compare(self, block: int, content: bytes) -> None:
        if zlib.crc32(content) != self.sums[block]:
            start = block * BLOCK_BYTES
            raise ValueError(
                f'{self.path} is damaged: bytes {start:,} to '
                f'{start + len(content) - 1:,} are not those that were '
                'written; copy the bank again, or build it again: '
                f'{REBUILD}')
        self._checked[block] = 1
