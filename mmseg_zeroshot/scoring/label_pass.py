"""One pass over pairs of label maps, in threads."""
from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mmseg_zeroshot.evaluation.object_regions import count_regions

from .counting import Runs, count_pairs, find_runs
from .numbering import Numbering
from .pairing import Pairs
from .problems import Kind, Problems
from .sides import LabelMap, Labels

UNREADABLE = Kind('files cannot be read as label maps',
                  'write them again from what they were made from')
SIZES = Kind('predictions have another size than their label map',
             'save them at the size of the label map; --resize nearest '
             'resizes them, and the record says so')
_AT_ONCE = 8


@dataclass
class Tally:
    """What was counted.

    Attributes:
        counts: (T, P) int64 pixels by the codes of both sides, rows truth.
        regions: (T, ) int64 connected regions, of the codes asked for.
        problems: What was wrong.
        digests: Name and digest of every file read, truth first.
    """

    counts: np.ndarray
    regions: np.ndarray
    problems: Problems = field(default_factory=Problems)
    digests: tuple[list, list] = field(default_factory=lambda: ([], []))

    @classmethod
    def empty(cls, truth: Numbering, prediction: Numbering) -> Tally:
        """Return the tally of nothing.

        Args:
            truth: The label maps' ids.
            prediction: The predictions' ids.
        """
        rows, columns = truth.num_codes, prediction.num_codes
        return cls(np.zeros((rows, columns), np.int64),
                   np.zeros(rows, np.int64))

    def update(self, other: Tally) -> None:
        """Add the counts of other images.

        Args:
            other: Of the same sides.
        """
        self.counts += other.counts
        self.regions += other.regions
        self.problems.update(other.problems.items())
        for mine, theirs in zip(self.digests, other.digests):
            mine.extend(theirs)


@dataclass(frozen=True)
class LabelPass:
    """Counts pairs of label maps.

    Attributes:
        truth: The label maps.
        prediction: The predictions.
        truth_ids: The ids of the label maps.
        prediction_ids: The ids of the predictions.
        unseen: The split's ids of the classes whose regions are counted.
        resize: Whether predictions of another size are resized.
    """

    truth: Labels
    prediction: Labels
    truth_ids: Numbering
    prediction_ids: Numbering
    unseen: Sequence[int] = ()
    resize: bool = False

    def run(self, pairs: Pairs, jobs: int | None = None,
            progress: Callable[[int], object] = lambda done: None) -> Tally:
        """Count all pairs.

        Args:
            pairs: What belongs together.
            jobs: Threads; one per core by default, at most 8.
            progress: Is told how many images are done, now and then.

        Returns:
            The counts, with all that was wrong.
        """
        total = Tally.empty(self.truth_ids, self.prediction_ids)
        images = list(pairs.files.items())
        parts = [images[start:start + _AT_ONCE]
                 for start in range(0, len(images), _AT_ONCE)]
        with ThreadPoolExecutor(jobs or min(8, os.cpu_count() or 1)) as pool:
            for tally, part in zip(pool.map(self._count_all, parts), parts):
                total.update(tally)
                progress(len(part))
        return total

    def _count_all(self, part: Sequence[tuple[str, tuple[str, str]]]) -> Tally:
        tally = Tally.empty(self.truth_ids, self.prediction_ids)
        runs: list[Runs] = []
        for image, (prediction, truth) in part:
            true = self._load(self.truth, truth, tally)
            predicted = self._load(self.prediction, prediction, tally)
            if true is not None and predicted is not None:
                tally.digests[0].append((image, true.digest))
                tally.digests[1].append((image, predicted.digest))
                runs += self._runs(image, true.ids, predicted.ids, tally)
        # Once for all: the matrix of many classes is large.
        tally.counts = self._counts(runs)
        return tally

    def _counts(self, runs: Sequence[Runs]) -> np.ndarray:
        """Return (T, P) pixels by codes."""
        shape = self.truth_ids.num_codes, self.prediction_ids.num_codes
        if not runs:
            return np.zeros(shape, np.int64)
        truth, prediction, lengths = map(np.concatenate, zip(*runs))
        return count_pairs(Runs(
            self.truth_ids.codes[truth], self.prediction_ids.codes[prediction],
            lengths), shape)

    def _load(self, side: Labels, name: str, tally: Tally) -> LabelMap | None:
        try:
            return side.load(name)
        except ValueError as error:
            tally.problems.add(UNREADABLE, f'{side.place}/{name} {error}')
        return None

    def _runs(self, image: str, truth: np.ndarray, prediction: np.ndarray,
              tally: Tally) -> list[Runs]:
        """Return the runs of a pair; none where sizes differ."""
        if truth.shape != prediction.shape:
            if not self.resize:
                tally.problems.add(SIZES, f'{image} ({size_of(prediction)}, '
                                   f'its label map {size_of(truth)})')
                return []
            prediction = resized(prediction, truth.shape)
        runs = find_runs(truth, prediction)
        unseen = runs.truth[self._unseen[runs.truth]]
        if len(unseen):
            ids = np.unique(unseen).tolist()
            tally.regions[self.truth_ids.codes[ids]] += count_regions(
                truth, ids)
        return [runs]

    @cached_property
    def _unseen(self) -> np.ndarray:
        """(65536, ) which ids of label maps may be of unseen classes."""
        return np.isin(self.truth_ids.codes,
                       self.truth_ids.places(self.unseen))


def resized(ids: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return a label map at another size, each pixel the nearest one's id.

    Args:
        ids: (..., h, w).
        shape: (H, W).

    Returns:
        (..., H, W) of the same type.
    """
    rows, columns = (
        ((np.arange(new) + 0.5) * old / new).astype(int)
        for new, old in zip(shape, ids.shape[-2:]))
    return ids[..., rows[:, None], columns]


def size_of(values: np.ndarray) -> str:
    """Return a size as text, such as ``'500x375'``.

    Args:
        values: (..., height, width).
    """
    return f'{values.shape[-1]}x{values.shape[-2]}'
