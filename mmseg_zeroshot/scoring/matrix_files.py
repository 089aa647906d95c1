"""A confusion matrix from a CSV or NPY file."""
from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmseg_zeroshot.semantics import ClassSplit

from .arrays import read_array
from .classes import match_classes

MATRICES = ('.csv', '.npy')
"""Endings of files of one confusion matrix."""
_GROUP = 'group'


def read_matrix(path: Path, split: ClassSplit,
                classes: Sequence[str] | None = None
                ) -> tuple[np.ndarray, str]:
    """Read a confusion matrix, rows truth.

    Args:
        path: An NPY file of a matrix, or a CSV file of numbers. A CSV file
            may have class names above the columns and before the rows, and a
            column ``group``, as ``mmseg-zeroshot panels`` writes them.
        split: The split.
        classes: Names of rows and columns in their order; those of the CSV
            file and else the split's by default.

    Returns:
        (K, K) int64 of the split's classes, and the SHA-256 of the file.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It holds no square matrix of counts, names do not fit, or
            columns are named in another order than rows.
    """
    data = path.read_bytes()
    try:
        names: Sequence[str] | None = None
        if path.suffix.lower() == '.csv':
            names, values = _from_csv(data)
        else:
            values = read_array(data)
        counts = _counts(values)
    except ValueError as error:
        raise ValueError(f'{path} is no confusion matrix: {error}') from error
    match = match_classes(classes or names, split, 'confusion matrix')
    if len(counts) != len(match.names):
        raise ValueError(f'{path} has {len(counts)} rows for '
                         f'{len(match.names)} classes; name them by --classes')
    whole = np.zeros((split.num_classes, ) * 2, np.int64)
    whole[np.ix_(match.targets, match.targets)] = counts
    return whole, hashlib.sha256(data).hexdigest()


def _counts(values: np.ndarray) -> np.ndarray:
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        raise ValueError(f'it has the shape {values.shape} and is not square')
    if values.dtype.kind not in 'uif' or not np.isfinite(values).all():
        raise ValueError('it holds other things than finite numbers')
    if (values < 0).any():
        raise ValueError(f'it holds {values.min():g}, and counts are at '
                         'least 0')
    counts = values.astype(np.int64)
    if (counts != values).any():
        raise ValueError(
            f'it holds {values[counts != values][0]:g}, and pixels are whole; '
            'shares of rows have lost how many pixels there are')
    return counts


def _from_csv(data: bytes) -> tuple[list[str] | None, np.ndarray]:
    lines = data.decode('utf-8-sig').splitlines()
    rows = [row for row in csv.reader(lines) if row]
    if not rows:
        raise ValueError('it is empty')
    if all(map(_is_number, rows[0])):
        return None, _numbers(rows)
    header, *rows = rows
    texts = 2 if header[1:2] == [_GROUP] else 1
    columns = header[texts:]
    if [row[0] for row in rows] != columns:
        raise ValueError('rows must be named as the columns, in their order')
    return columns, _numbers([row[texts:] for row in rows])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _numbers(rows: Sequence[Sequence[str]]) -> np.ndarray:
    if len({len(row) for row in rows}) != 1:
        raise ValueError('rows have unlike lengths')
    return np.array(rows, dtype=np.float64)
