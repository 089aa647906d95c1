"""What a feature bank was made from: written into it, checked at opening."""
from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FORMAT = 'mmseg_zeroshot feature bank'
VERSION = 1
STAMP, FEATURES, IMAGES = 'stamp.json', 'features.npy', 'images.npy'
REBUILD = 'tools/build_feature_bank.py CONFIG CHECKPOINT --overwrite'

BUILD_KEYS = ('format', 'version', 'checkpoint', 'config', 'data', 'split',
              'split_mode', 'palette', 'images', 'views', 'max_vectors',
              'seed', 'shard_images')
"""Keys that are known before the first image is read."""

RESULT_KEYS = ('feature_dim', 'pixel_counts', 'vectors', 'offsets', 'files')
"""Keys that are known when the last image was read."""


def read_stamp(folder: Path) -> dict[str, Any]:
    """Read the stamp of a finished bank.

    Args:
        folder: The bank.

    Raises:
        FileNotFoundError: There is no such folder.
        ValueError: It is not a bank, or one of another version.
    """
    if not folder.is_dir():
        raise FileNotFoundError(
            f'no feature bank at {folder}: build it with '
            'tools/build_feature_bank.py CONFIG CHECKPOINT')
    stamp = _stamp_in(folder)
    if stamp is None:
        raise ValueError(
            f'{folder} is not a feature bank: it has no readable {STAMP} '
            f'that says so; point `path` elsewhere, or build one: {REBUILD}')
    if stamp.get('version') != VERSION:
        raise ValueError(
            f'feature bank {folder} has version {stamp.get("version")!r}, '
            f'this package reads {VERSION}; build it again: {REBUILD}')
    missing = [k for k in BUILD_KEYS + RESULT_KEYS if k not in stamp]
    if missing:
        raise ValueError(f'the stamp of feature bank {folder} lacks '
                         f'{missing[0]!r}; build it again: {REBUILD}')
    return stamp


def check_files(folder: Path, stamp: Mapping[str, Any]) -> None:
    """Raise if a bank's files are not as long as its stamp says.

    Args:
        folder: The bank.
        stamp: Its stamp.

    Raises:
        ValueError: Naming the file and both sizes.
    """
    for name, size in stamp['files'].items():
        path = folder / name
        found = path.stat().st_size if path.is_file() else None
        if found != size:
            what = 'is missing' if found is None else f'has {found} bytes'
            raise ValueError(
                f'feature bank {folder} is truncated: {name} {what}, its '
                f'stamp says {size}; copy it again or build it again: '
                f'{REBUILD}')


def is_bank(folder: Path) -> bool:
    """Whether a folder says that it is a bank, of whatever version."""
    return _stamp_in(folder) is not None


def _stamp_in(folder: Path) -> dict[str, Any] | None:
    try:
        stamp = json.loads((folder / STAMP).read_text('utf-8'))
    except (OSError, ValueError):
        return None
    known = isinstance(stamp, dict) and stamp.get('format') == FORMAT
    return stamp if known else None


def check_numbers(**values: tuple[int, int]) -> None:
    """Raise unless each value is a whole number of at least its least.

    Args:
        values: By name, the value and its least.

    Raises:
        ValueError: Naming the first that is not.
    """
    for name, (value, least) in values.items():
        if not isinstance(value, int) or value < least:
            raise ValueError(f'{name} must be a whole number >= {least}, '
                             f'got {value!r}')
