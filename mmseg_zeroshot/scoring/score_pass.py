"""One pass over pairs of label maps and scores of classes."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import MASKED_LOGIT

from .counted import Counted
from .counting import count_pairs, find_runs
from .label_pass import SIZES, LabelPass, Tally, resized, size_of
from .numbering import IGNORED, Numbering
from .pairing import Pairs
from .problems import Kind
from .reading import Side
from .score_files import ScoreFiles, ScoreMap, are_probabilities
from .sides import Labels
from .starts import possible_starts

if TYPE_CHECKING:
    from mmseg_zeroshot.evaluation import GammaCurve

NO_SCORES = Kind('files cannot be read as scores',
                 'write (classes, height, width) floats, an array a file')


@dataclass(frozen=True)
class ScorePass:
    """Counts pairs of label maps and scores, one image after the other.

    Classes that the split ignores do not compete, as in networks of ours.

    Attributes:
        labels: The label maps.
        scores: The scores.
        truth: The label maps' classes.
        prediction: The classes of the scores.
        split: The split.
        gamma: A point that the curve must have.
        resize: Whether scores of another size are resized.
    """

    labels: Labels
    scores: ScoreFiles
    truth: Side
    prediction: Side
    split: ClassSplit
    gamma: float = 0.
    resize: bool = False

    def run(self, pairs: Pairs, jobs: int | None = None,
            progress: Callable[[int], object] = lambda done: None
            ) -> Counted:
        """Count all pairs.

        Args:
            pairs: What belongs together.
            jobs: Threads that look at the label maps first.
            progress: Is told how many images are done.

        Returns:
            The counts, with all that was wrong.
        """
        tally, start = self._look_at_labels(pairs, jobs)
        found = Counted(
            tally, split_ids(self.split), '', curve=self._new_curve(),
            vanilla=(np.zeros_like(tally.counts) if self.split.unseen
                     else None))
        meaning = self.truth.ids.meaning(start)
        for image, (prediction, truth) in pairs.files.items():
            try:
                scores = self.scores.load(prediction)
            except ValueError as error:
                tally.problems.add(NO_SCORES, f'{self.scores.place}/'
                                   f'{prediction} {error}')
            else:
                tally.digests[1].append((image, scores.digest))
                self._count(image, truth, scores, meaning, found)
            progress(1)
        return found

    def _look_at_labels(self, pairs: Pairs,
                        jobs: int | None) -> tuple[Tally, int]:
        """Return a tally that lacks predictions, and the first id."""
        ids = self.truth.ids
        seen = LabelPass(self.labels, self.labels, ids, ids,
                         self.split.unseen_ids).run(
            Pairs({image: (truth, truth)
                   for image, (_, truth) in pairs.files.items()}), jobs)
        tally = Tally.empty(ids, split_ids(self.split))
        tally = replace(tally, regions=seen.regions, problems=seen.problems,
                        digests=(seen.digests[0], []))
        starts = possible_starts(seen.counts.sum(1), ids,
                                 self.truth.reading.first_id)
        return tally, (*starts, 0)[0]

    def _new_curve(self) -> GammaCurve | None:
        if not self.split.unseen:
            return None
        try:
            from mmseg_zeroshot.evaluation import GammaCurve
        except ImportError:
            return None
        gammas = sorted({*np.linspace(0, 1, 101).tolist(), float(self.gamma)})
        return GammaCurve(self.split, gammas, ignore_index=IGNORED)

    def _count(self, image: str, truth: str, given: ScoreMap,
               meaning: np.ndarray, found: Counted) -> None:
        """Add an image whose label map has been read without an error."""
        try:
            ids = self.labels.load(truth).ids
        except ValueError:
            return
        scores = given.scores
        if scores.shape[1:] != ids.shape:
            if not self.resize:
                found.tally.problems.add(
                    SIZES, f'{image} ({size_of(scores)}, its label map '
                    f'{size_of(ids)})')
                return
            scores = resized(scores, ids.shape)
        likely = are_probabilities(scores)
        found.kind = found.kind or (
            f'{given.dtype} {"probabilities" if likely else "logits"}')
        likely = found.kind.endswith('probabilities')
        scores = self._of_split(scores, likely)
        codes = self.truth.ids.codes[ids]
        self._add(codes, scores, found)
        try:
            self._add_to_curve(found.curve, likely, scores, np.maximum(
                meaning[codes], IGNORED))
        except ValueError as error:
            found.tally.problems.add(NO_SCORES, f'{image} {error}')

    def _of_split(self, scores: np.ndarray, likely: bool) -> np.ndarray:
        """Return (K, H, W) scores in the split's order of classes.

        Logits of ignored classes are masked, as our heads mask them;
        probabilities keep their sum, and the curve masks them itself.
        """
        targets = list(self.prediction.match.targets)
        ignored = [] if likely else list(self.split.ignored_ids)
        if targets == [*range(self.split.num_classes)] and not ignored:
            return scores
        ordered = np.full((self.split.num_classes, *scores.shape[1:]),
                          0. if likely else MASKED_LOGIT, scores.dtype)
        ordered[targets] = scores
        ordered[ignored] = MASKED_LOGIT
        return ordered

    def _add(self, codes: np.ndarray, scores: np.ndarray,
             found: Counted) -> None:
        split, counts = self.split, found.tally.counts
        competing = np.setdiff1d(np.arange(split.num_classes),
                                 split.ignored_ids)
        counts += _count(codes, _best(scores, competing), counts.shape)
        if found.vanilla is not None:
            found.vanilla += _count(
                codes, _best(scores, np.array(split.unseen_ids)),
                counts.shape)

    def _add_to_curve(self, curve: GammaCurve | None, likely: bool,
                      scores: np.ndarray, label: np.ndarray) -> None:
        if curve is None:
            return
        import torch
        tensor = torch.from_numpy(scores)
        if likely:
            curve.update(tensor, label)
        else:
            curve.update_logits(tensor, torch.from_numpy(label))


def split_ids(split: ClassSplit) -> Numbering:
    """Return the numbering of the split itself.

    Args:
        split: The split.
    """
    ids = tuple(range(split.num_classes))
    return Numbering(split.classes, ids, ids=ids)


def _best(scores: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return (H, W) the class of the highest score, of some."""
    if len(classes) < len(scores):
        scores = scores[classes]
    return classes[scores.argmax(0)]


def _count(codes: np.ndarray, best: np.ndarray,
           shape: Sequence[int]) -> np.ndarray:
    return count_pairs(find_runs(codes, best), (shape[0], shape[1]))
