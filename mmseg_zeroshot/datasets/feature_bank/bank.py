"""A feature bank on disk: pixel features of a training set, by class."""
from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.logging import print_log

from mmseg_zeroshot.datasets.fingerprints import differences
from mmseg_zeroshot.semantics import ClassSplit, build_split
from mmseg_zeroshot.utils import file_sha256
from mmseg_zeroshot.utils.typing_utils import JSONObject

from .checksums import read_checksums
from .npy_rows import NpyRows
from .stamp import (
    CHECKSUMS,
    FEATURES,
    IMAGES,
    REBUILD,
    BankStamp,
    check_files,
    read_stamp,
)

BLOCK = 32
"""Rows that are read at once. See :meth:`FeatureBank.sample`."""


class FeatureBank:
    """Read features of a finished bank; memory does not grow with its size.

    A bank is a folder:

    - ``features.npy`` (M, C) float16: pixel features, classes in the order
      of their ids, and rows of a class in random order;
    - ``images.npy`` (M, ) int32: index of the image of each row;
    - with graphs, the files of :mod:`.graphs`;
    - ``checksums.npz``: checksums of blocks of these files, with which what
      is read is compared once in each process;
    - ``stamp.json``: what it was made from, and for each class its number
      of rows and its natural number of pixels.

    The number of pixels is capped per class and image (``choose_pixels``).
    Natural frequencies hold between classes, by :meth:`frequency`, and not
    within one: where a class exceeds the cap in two images, the image with a
    small region counts as much as the one with a large region.

    Use :meth:`open`, which refuses a bank that is not the expected one.

    Args:
        path: The folder.
        stamp: Its stamp, checked.
    """

    def __init__(self, path: Path, stamp: BankStamp) -> None:
        self.path = path
        self.stamp: BankStamp = {**stamp}
        self.split = ClassSplit.from_dict(stamp['split'])
        self.offsets = np.asarray(stamp['offsets'], np.int64)
        self.vectors = np.asarray(stamp['vectors'], np.int64)
        self.pixel_counts = np.asarray(stamp['pixel_counts'], np.int64)
        self.feature_dim = int(stamp['feature_dim'])
        self._rows, self._images = open_rows(path, stamp, FEATURES, IMAGES)
        self.features = self._rows.array
        _check_layout(self)

    @property
    def images(self) -> np.ndarray:
        """The images of all rows, checked when they are first asked for."""
        return self._images.whole()

    @classmethod
    def open(cls,
             path: str | os.PathLike,
             *,
             split: str | Mapping | ClassSplit | None = None,
             checkpoint: str | os.PathLike | None = None,
             feature_dim: int | None = None) -> FeatureBank:
        """Open a bank and check that it is the one that is expected.

        Args:
            path: Folder of the bank.
            split: The split that it must have been built with; its classes,
                unseen and ignored ones must be the same.
            checkpoint: File of the extractor that it must come from.
            feature_dim: Width C that its features must have.

        Returns:
            The bank.

        Raises:
            FileNotFoundError: There is no such folder or checkpoint.
            ValueError: It is not a bank, is of another version, truncated,
                or made from something else; the message says from what.
        """
        folder = Path(path)
        stamp = read_stamp(folder)
        expected: JSONObject = {}
        if split is not None:
            expected['split'] = build_split(split).to_dict()
        if checkpoint is not None:
            expected['checkpoint'] = file_sha256(checkpoint)
        if feature_dim is not None:
            expected['feature_dim'] = feature_dim
        wrong = differences(expected, stamp)
        if wrong:
            named = f' (expected: {checkpoint})' if checkpoint else ''
            raise ValueError(
                f'feature bank {folder} was made from something else: '
                f'{"; ".join(wrong)}{named}. Use the matching bank, or build '
                f'it again: {REBUILD}')
        check_files(folder, stamp)
        if CHECKSUMS not in stamp['files']:
            print_log(f'feature bank {folder} has no checksums, since an '
                      'older version built it: damage to it is not noticed. '
                      f'To have them, build it again: {REBUILD}', 'current')
        return cls(folder, stamp)

    def frequency(self, class_ids: Sequence[int]) -> np.ndarray:
        """Return the natural shares of classes among each other's pixels.

        Args:
            class_ids: S ids.

        Returns:
            (S, ) float32 that sums to 1: shares of all labelled pixels at
            feature resolution, not of the balanced rows.
        """
        counts = self.pixel_counts[list(class_ids)].astype(np.float64)
        return (counts / counts.sum()).astype(np.float32)

    def sample(self, class_ids: Sequence[int], num: int,
               rng: np.random.Generator) -> np.ndarray:
        """Draw the same number of rows of several classes.

        Rows of a class are in random order, so a run of neighbours is a
        random sample; N rows are several runs of 32 at independent random
        places. From a disk that is not cached they arrive three times as
        fast as single rows (benchmarks/feature_bank.py). A run goes on at
        the class's first row after its last one: every row is equally
        likely, and a class with few rows repeats them.

        Args:
            class_ids: S ids of classes that have rows.
            num: N, rows per class.
            rng: Source of randomness.

        Returns:
            (S, N, C) float16, a new array.

        Raises:
            ValueError: A row holds NaN or infinite values; names the class.
        """
        out = np.empty((len(class_ids), num, self.feature_dim), np.float16)
        counts = self.vectors[list(class_ids)]
        starts = rng.integers(0, counts[:, None],
                              (len(class_ids), -(-num // BLOCK)))
        for s, class_id in enumerate(class_ids):
            for b, start in enumerate(starts[s].tolist()):
                block = out[s, b * BLOCK:(b + 1) * BLOCK]
                self._read_run(class_id, start, block)
        self._check_finite(out, class_ids)
        return out

    def _check_finite(self, rows: np.ndarray,
                      class_ids: Sequence[int]) -> None:
        """Notice a file that was damaged after the bank was built."""
        # By the bits, 20 times as fast as np.isfinite.
        largest = (rows.view(np.uint16) & 0x7fff).max(axis=(1, 2))
        for class_id in np.asarray(class_ids)[largest >= 0x7c00]:
            raise ValueError(
                f'feature bank {self.path} is damaged: features of '
                f'{self.split.classes[class_id]} hold NaN or infinite values;'
                f' build it again: {REBUILD}')

    def _read_run(self, class_id: int, start: int, out: np.ndarray) -> None:
        """Fill ``out`` with rows from ``start`` on, round and round."""
        first, count = int(self.offsets[class_id]), self.vectors[class_id]
        done = 0
        while done < len(out):
            rows = min(len(out) - done, int(count) - start)
            self._rows.read(first + start, out[done:done + rows])
            done, start = done + rows, 0

    def __getstate__(self) -> dict[str, Any]:
        return dict(path=self.path, stamp=self.stamp)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]


def open_rows(folder: Path, stamp: BankStamp, *names: str) -> list[NpyRows]:
    """Open arrays of a bank; a damaged one is refused by name.

    Args:
        folder: The bank.
        stamp: Its stamp, which says whether it has checksums.
        names: The files in it.

    Raises:
        ValueError: One is no array, or its checksums are damaged.
    """
    sums = (read_checksums(folder, names) if CHECKSUMS in stamp['files']
            else {})
    return [_open(folder / name, sums.get(name)) for name in names]


def _open(path: Path, sums: np.ndarray | None) -> NpyRows:
    try:
        return NpyRows(path, sums)
    except OSError:
        raise
    # A made-up header makes numpy raise anything.
    except Exception as error:
        raise ValueError(f'{path} is damaged ({error}); build the bank again:'
                         f' {REBUILD}') from error


def _check_layout(bank: FeatureBank) -> None:
    """Compare the arrays with the stamp's numbers."""
    rows = int(bank.vectors.sum())
    ends = np.concatenate([[0], np.cumsum(bank.vectors)])
    classes = (bank.split.num_classes, )
    images = bank._images.array.shape
    if not (bank.features.shape == (rows, bank.feature_dim)
            and bank.features.dtype == np.float16
            and images == (rows, )
            and bank.vectors.shape == bank.pixel_counts.shape == classes
            and np.array_equal(bank.offsets, ends)):
        raise ValueError(
            f'feature bank {bank.path} does not fit its stamp: features '
            f'{bank.features.shape} {bank.features.dtype}, images '
            f'{images}, stamp {rows} rows of '
            f'{bank.feature_dim} float16 in {classes[0]} classes; build it '
            f'again: {REBUILD}')
