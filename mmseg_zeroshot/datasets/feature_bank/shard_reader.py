"""Read the shards of a bank; a damaged one is removed, to be built again."""
from __future__ import annotations

from pathlib import Path

import numpy as np

from mmseg_zeroshot.utils.npz import read_npz
from mmseg_zeroshot.utils.reading import parse_json
from mmseg_zeroshot.utils.typing_utils import JSONObject


def read_shard_stamp(path: Path) -> JSONObject | None:
    """Return a shard's stamp; None if the file cannot be read."""
    try:
        stamp, = read_npz(path, ['stamp'])
        return parse_json(str(stamp), str(path))
    except (OSError, ValueError):
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
        return read_npz(path, names)
    except ValueError as error:
        path.unlink()
        raise ValueError(
            f'{path} is damaged ({error}) and was removed; the other shards '
            'are kept: run the same command again to go on') from error
