"""What a feature bank was made from: written into it, checked at opening."""
from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from mmseg_zeroshot.semantics.class_split import SplitDict
from mmseg_zeroshot.utils.reading import read_json
from mmseg_zeroshot.utils.typing_utils import ConfigType

from .stamp_values import wrong_value

FORMAT = 'mmseg_zeroshot feature bank'
VERSION = 1
STAMP, FEATURES, IMAGES = 'stamp.json', 'features.npy', 'images.npy'
CHECKSUMS = 'checksums.npz'
"""What banks of version 0.1.0 do not have."""
REBUILD = 'mmseg-zeroshot build-feature-bank CONFIG CHECKPOINT --overwrite'


class _BuildKeys(TypedDict):
    """What every bank says before the first image is read."""

    format: str
    version: int
    checkpoint: str
    """SHA-256 of the network's file."""
    config: str
    """Fingerprint of what else decides about the features."""
    data: str
    """Fingerprint of the images and label maps."""
    split: SplitDict
    """``ClassSplit.to_dict()``."""
    split_mode: str
    palette: list[list[int]]
    images: int
    views: int
    """Views of each image."""
    max_vectors: int
    """Most pixels of a class in a view."""
    seed: int
    shard_images: int


class BuildStamp(_BuildKeys, total=False):
    """What decides about a bank, known before the first image is read."""

    settings: ConfigType
    """Parts of the network's config that a training can compare."""
    graphs: dict[str, int]
    """Options of the region graphs, where there are some."""


class _ResultKeys(TypedDict):
    """What every bank says when the last image was read."""

    feature_dim: int
    pixel_counts: list[int]
    """By class, all labelled pixels."""
    vectors: list[int]
    """By class, those that are kept."""
    offsets: list[int]
    """By class, where its vectors start; one more for the end."""
    files: dict[str, int]
    """Bytes of each file."""


class BankStamp(BuildStamp, _ResultKeys, total=False):
    """The stamp of a finished bank."""

    graph_count: int
    graph_nodes: int
    graph_edges: int
    graph_side: int
    """Longest side of a feature map."""


_NEEDED = (*_BuildKeys.__annotations__, *_ResultKeys.__annotations__)


def read_stamp(folder: Path) -> BankStamp:
    """Read the stamp of a finished bank.

    Args:
        folder: The bank.

    Raises:
        FileNotFoundError: There is no such folder.
        ValueError: It is not a bank, or one of another version, or its stamp
            lacks a key or has a value of another type.
    """
    if not folder.is_dir():
        raise FileNotFoundError(
            f'no feature bank at {folder}: build it with '
            'mmseg-zeroshot build-feature-bank CONFIG CHECKPOINT')
    stamp = _stamp_in(folder)
    if stamp is None:
        raise ValueError(
            f'{folder} is not a feature bank: it has no readable {STAMP} '
            f'that says so; point `path` elsewhere, or build one: {REBUILD}')
    if stamp.get('version') != VERSION:
        raise ValueError(
            f'feature bank {folder} has version {stamp.get("version")!r}, '
            f'this package reads {VERSION}; build it again: {REBUILD}')
    missing = [key for key in _NEEDED if key not in stamp]
    if missing:
        raise ValueError(f'the stamp of feature bank {folder} lacks '
                         f'{missing[0]!r}; build it again: {REBUILD}')
    wrong = wrong_value(stamp)
    if wrong:
        raise ValueError(f'the stamp of feature bank {folder} is damaged: '
                         f'{wrong}; build it again: {REBUILD}')
    return stamp


def check_files(folder: Path, stamp: BankStamp) -> None:
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


def _stamp_in(folder: Path) -> BankStamp | None:
    try:
        stamp = read_json(folder / STAMP)
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
