"""Predictions as detectron2 writes them: run-length masks of categories.

``sem_seg_predictions.json`` of its ``SemSegEvaluator`` is a list with an entry
for each class in each image: ``file_name``, ``category_id`` and
``segmentation``, a mask in COCO's run-length code.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np

from mmseg_zeroshot.utils.reading import parse_json
from mmseg_zeroshot.utils.typing_utils import JSONObject

from .label_maps import HIGHEST
from .sides import LabelMap

FILE = 'sem_seg_predictions.json'
"""The name that detectron2 gives it."""
_NO_MASK = HIGHEST + 1


def decode_mask(code: JSONObject) -> np.ndarray:
    """Return the mask of a run-length code.

    Runs of zeros and ones take turns, zeros first, down the columns. In a
    text every number is a row of characters of 5 bits, the lowest first, from
    48 up; bit 32 says that more follow. From the fourth run on a number is
    the difference to the run before the last.

    Args:
        code: ``size`` (height, width) and ``counts``, a text or a list of the
            runs' lengths.

    Returns:
        (H, W) bool.

    Raises:
        ValueError: It is no such code, or the runs do not fill the mask.
    """
    try:
        height, width = map(int, code['size'])
        counts = code['counts']
        runs = (_from_text(counts.encode('ascii')) if isinstance(counts, str)
                else np.array(counts, dtype=np.int64))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f'holds no run-length mask: {error!r}') from error
    if height < 1 or width < 1 or (runs < 0).any() or (
            runs.sum() != height * width):
        raise ValueError(f'has a run-length mask of {runs.sum()} pixels for '
                         f'{width}x{height}')
    ones = np.arange(len(runs)) % 2 == 1
    return np.repeat(ones, runs).reshape(width, height).T


def _from_text(text: bytes) -> np.ndarray:
    """Return the lengths of the runs that a text stands for."""
    digits = np.frombuffer(text, np.uint8).astype(np.int64) - 48
    if not len(digits) or (digits < 0).any() or (digits > 63).any() or (
            digits[-1] & 32):
        raise ValueError('the text is cut off or holds other characters')
    starts = np.flatnonzero(np.append(True, digits[:-1] & 32 == 0))
    sizes = np.diff(starts, append=len(digits))
    if sizes.max() > 12:
        raise ValueError('a number is too long')
    place = 5 * (np.arange(len(digits)) - np.repeat(starts, sizes))
    numbers = np.add.reduceat((digits & 31) << place, starts)
    negative = digits[starts + sizes - 1] & 16 != 0
    numbers -= negative.astype(np.int64) << (5 * sizes)
    # Differences add up along every other run.
    numbers[1::2] = numbers[1::2].cumsum()
    numbers[2::2] = numbers[2::2].cumsum()
    return numbers


class CocoMasks:
    """Label maps from detectron2's predictions.

    Masks of an image must neither overlap nor leave a pixel without a class.

    Args:
        data: The file, which is held in memory.
        place: Its name, for messages.

    Raises:
        ValueError: It is no such file.
    """

    def __init__(self, data: bytes, place: str) -> None:
        self.place = place
        self._entries: dict[str, list[Mapping]] = {}
        for entry in _entries(data, place):
            name = str(entry['file_name']).replace('\\', '/').lstrip('/')
            self._entries.setdefault(name, []).append(entry)
        self.names: Sequence[str] = sorted(self._entries)

    def load(self, name: str) -> LabelMap:
        """Put the masks of an image into one label map.

        Args:
            name: One of ``names``.

        Raises:
            ValueError: A mask cannot be read, or masks do not fit together.
        """
        entries = self._entries[name]
        ids: np.ndarray | None = None
        for entry in entries:
            mask = decode_mask(entry['segmentation'])
            if ids is None:
                ids = np.full(mask.shape, _NO_MASK, np.int64)
            _add(ids, mask, entry['category_id'])
        assert ids is not None
        bare = int((ids == _NO_MASK).sum())
        if bare:
            raise ValueError(f'has {bare} pixels in no mask; every pixel '
                             'needs a class')
        text = json.dumps(entries, sort_keys=True)
        return LabelMap(ids.astype(np.uint16),
                        hashlib.sha256(text.encode()).hexdigest())


def _entries(data: bytes, place: str) -> list[Mapping]:
    wrong = (f'{place} is not what detectron2 writes: a list of file_name, '
             'category_id and segmentation')
    content = parse_json(data.decode('utf-8', errors='replace'), place)
    keys = {'file_name', 'category_id', 'segmentation'}
    if not isinstance(content, list) or not content:
        raise ValueError(wrong)
    for number, entry in enumerate(content, 1):
        if not isinstance(entry, dict) or not keys <= entry.keys():
            raise ValueError(f'{wrong}; look at entry {number}')
        category = entry['category_id']
        if not isinstance(category, int) or not 0 <= category <= HIGHEST:
            raise ValueError(f'{place}, entry {number}: category_id is '
                             f'{category!r} instead of an id')
    return content


def _add(ids: np.ndarray, mask: np.ndarray, category: int) -> None:
    if mask.shape != ids.shape:
        raise ValueError('has masks of unlike sizes')
    taken = mask & (ids != _NO_MASK)
    if taken.any():
        raise ValueError(
            f'has masks that overlap in {int(taken.sum())} pixels, of '
            f'{category} and {ids[taken][0]}: a pixel has one class')
    ids[mask] = category
