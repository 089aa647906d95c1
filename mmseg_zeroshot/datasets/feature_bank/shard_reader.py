"""Read the shards of a bank; a damaged one is removed, to be built again."""
from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from mmseg_zeroshot.utils.reading import parse_json

_DAMAGE = (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def read_shard_stamp(path: Path) -> dict[str, Any] | None:
    """Return a shard's stamp; None if the file cannot be read."""
    try:
        # np.load leaves a file open that it cannot read.
        with (open(path, 'rb') as file,
              np.load(file, allow_pickle=False) as shard):
            return parse_json(str(shard['stamp']), str(path))
    except (OSError, *_DAMAGE):
        return None


def read_shard(path: Path, *names: str) -> tuple[np.ndarray, ...]:
    """Return arrays of a finished shard.

    Args:
        path: The shard.
        names: Of the arrays.

    Raises:
        ValueError: The file is damaged; it was removed, so that the same
            build goes on by making it again.
    """
    try:
        with (open(path, 'rb') as file,
              np.load(file, allow_pickle=False) as shard):
            return tuple(shard[name] for name in names)
    except _DAMAGE as error:
        path.unlink()
        raise ValueError(
            f'{path} is damaged ({error}) and was removed; the other shards '
            'are kept: run the same command again to go on') from error
