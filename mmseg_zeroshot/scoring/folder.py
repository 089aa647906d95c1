"""Predictions of any code base, scored from the files that it saved."""
from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mmseg_zeroshot.evaluation.assessment import NO_UNSEEN, assess
from mmseg_zeroshot.evaluation.scores import Absent
from mmseg_zeroshot.results.record import Record, Variant
from mmseg_zeroshot.results.scored_files import ScoredFiles
from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.semantics.splits import SplitSpec
from mmseg_zeroshot.semantics.supervision import DEFAULT
from mmseg_zeroshot.version import __version__

from .counted import Counted
from .description import Description
from .label_pass import LabelPass
from .opening import open_labels, open_predictions
from .outcome import Outcome, outcome_of
from .outside import outside_ids
from .pairing import Pairs, pair_names
from .problems import Kind, Problems
from .reading import PREDICTIONS, TRUTH, Reading, Side
from .score_files import ScoreFiles
from .score_pass import ScorePass
from .sides import Labels, joint_digest

if TYPE_CHECKING:
    from mmseg_zeroshot.evaluation import GammaCurve

_MEND = ('look at the split and the class list: is it that of this data set? '
         '--classes and --truth-classes name others')
IDS = {what: Kind(f'ids of {what} are outside the class list', _MEND)
       for what in (TRUTH, PREDICTIONS)}
RESIZES = ('nearest', )
"""How predictions of another size may be brought to their label map's."""
NO_SCORES = 'label maps hold no scores of classes'

Progress = Callable[[int, int], object]
"""Is told now and then how many images of how many are done."""


@dataclass(frozen=True)
class Scored:
    """What came of files.

    Attributes:
        record: The record, as a run of ours leaves it in
            ``zero_shot_results.json``.
        confusion: (K, K) int64 pixels, rows truth.
        curve: The gamma curve of scores; None where there is none.
        notes: What was found about the files, in sentences.
    """

    record: Record
    confusion: np.ndarray
    curve: GammaCurve | None = None
    notes: Sequence[str] = ()


def score_folder(predictions: str | os.PathLike,
                 truth: str | os.PathLike,
                 split: SplitSpec,
                 *,
                 method: str,
                 supervision: str = DEFAULT,
                 dataset: str = '',
                 gamma: float = 0.,
                 seed: int | None = None,
                 variant: Variant | None = None,
                 read_predictions: Reading | None = None,
                 read_truth: Reading | None = None,
                 images: Sequence[str] = (),
                 absent: Absent = 'skip',
                 resize: str | None = None,
                 partial: bool = False,
                 jobs: int | None = None,
                 progress: Progress | None = None) -> Scored:
    """Score saved predictions against label maps.

    Both are PNG or TIFF files of class ids (grey of 8 or 16 bits, palette or
    bilevel), images in colours with a palette, NPY or NPZ arrays, or what
    detectron2 writes. Predictions may also be scores, probabilities or logits
    of the classes, an array (K, H, W) an image: then there are vanilla scores
    and, with PyTorch, the gamma curve too. Folders may be zip files. Names,
    sizes and ids of all files are checked, and everything that is wrong is
    said at once.

    Args:
        predictions: Folder or zip file of the predictions, or detectron2's
            ``sem_seg_predictions.json``.
        truth: The same of the label maps.
        split: As of :func:`~mmseg_zeroshot.semantics.build_split`.
        method: Name of the method in tables.
        supervision: What the method might see, such as ``'strict'``.
        dataset: Name of the data set in tables.
        gamma: The calibration factor that label maps were made with; scores
            are decided with it.
        seed: The seed of the run that made them.
        variant: What else sets the run apart, such as ``dict(n=5)``.
        read_predictions: What is known of the predictions' files.
        read_truth: What is known of the label maps' files.
        images: Names of the images to score, without endings; all that have
            a label map by default.
        absent: See :func:`~mmseg_zeroshot.evaluation.zero_shot_scores`.
        resize: ``'nearest'`` brings predictions of another size to that of
            their label map; they are an error by default.
        partial: Whether images without a prediction are left out; the
            record says so.
        jobs: Threads; one per core by default, at most 8.
        progress: Is told how far the scoring is.

    Returns:
        The record, the confusion matrix, and what was found.

    Raises:
        FileNotFoundError: A folder is not there.
        ValueError: Something does not fit.

    Example:
        >>> scored = score_folder('predictions', 'SegmentationClassAug',
        ...                       'voc12-zs3-k4', method='SPNet')
        >>> scored.record['generalised']['hIoU']
    """
    split = build_split(split)
    row = Description(method, supervision, dataset, gamma, seed,
                      variant or {})
    _check_resize(resize)
    true = (read_truth or Reading()).of(split, TRUTH)
    predicted = (read_predictions or Reading()).of(split, PREDICTIONS)
    labels = open_labels(truth, true.reading.palette)
    guesses = open_predictions(predictions, len(predicted.match.names),
                               predicted.reading.palette)
    problems = Problems()
    pairs = pair_names(
        guesses.names, labels.names, problems, listed=images, partial=partial,
        prediction_suffix=predicted.reading.suffix,
        truth_suffix=true.reading.suffix)
    tell = counter(progress, len(pairs.files))
    if isinstance(guesses, ScoreFiles):
        counted = ScorePass(
            labels, guesses, true, predicted.of_arrays(), split, gamma,
            resize == 'nearest').run(pairs, jobs, tell)
    else:
        tally = LabelPass(labels, guesses, true.ids, predicted.ids,
                          split.unseen_ids, resize == 'nearest').run(
            pairs, jobs, tell)
        counted = Counted(tally, predicted.ids, 'label maps')
    problems.update(counted.tally.problems.items())
    outcome = outcome_of(counted, true, predicted, split, problems)
    _check_ids(counted, outcome, (labels, guesses), (true, predicted), pairs,
               problems)
    problems.raise_if_any()
    confusion = _decided(counted, outcome, gamma)
    scores = assess(
        split, confusion, absent=absent, vanilla=outcome.vanilla,
        why_no_vanilla=NO_SCORES if split.unseen else NO_UNSEEN,
        regions=outcome.regions)
    record = row.record(scores, _files(counted, pairs, resize))
    return Scored(record, confusion, counted.curve, [
        pairs.note, *_left_out(pairs), *outcome.notes, *_kind_note(counted),
        *true.table(split, outcome.starts[0]),
        *predicted.table(split, outcome.starts[1])])


def counter(progress: Progress | None,
            total: int) -> Callable[[int], None]:
    """Return what adds up the images that are done.

    Args:
        progress: Is told the sum and the total.
        total: How many images there are.
    """
    done = 0

    def add(number: int) -> None:
        nonlocal done
        done += number
        if progress is not None:
            progress(done, total)

    return add


def _check_resize(resize: str | None) -> None:
    if resize not in (None, *RESIZES):
        raise ValueError(f'resize must be one of {RESIZES} or None, got '
                         f'{resize!r}')


def _check_ids(counted: Counted, outcome: Outcome,
               files: tuple[Labels, Labels | ScoreFiles],
               sides: tuple[Side, Side], pairs: Pairs,
               problems: Problems) -> None:
    """Note ids that stand for no class."""
    counts = counted.tally.counts
    for place, labels, side, start, present in zip(
            (1, 0), files, sides, outcome.starts,
            (counts.sum(1), counts.sum(0))):
        if not isinstance(labels, ScoreFiles):
            names = {image: pair[place] for image, pair in pairs.files.items()}
            problems.add(IDS[side.what], *outside_ids(
                present, side.ids, start, labels, names))


def _decided(counted: Counted, outcome: Outcome, gamma: float) -> np.ndarray:
    """Return the confusion matrix of the decision that is scored."""
    if counted.vanilla is None or gamma == 0:
        return outcome.confusion
    if counted.curve is None:
        raise ValueError('gamma changes the decision of scores, which needs '
                         'PyTorch: pip install torch')
    return counted.curve.confusion(gamma)


def _kind_note(counted: Counted) -> list[str]:
    if counted.vanilla is None:
        return []
    note = f'predictions are scores of classes, {counted.kind}'
    if counted.curve is None:
        note += '; no gamma curve, which needs PyTorch'
    return [note]


def _files(counted: Counted, pairs: Pairs,
           resize: str | None) -> ScoredFiles:
    truth, predictions = map(joint_digest, counted.tally.digests)
    return ScoredFiles(
        kind=counted.kind, images=len(pairs.files), predictions=predictions,
        truth=truth, resize=resize, partial=bool(pairs.missing),
        version=__version__)


def _left_out(pairs: Pairs) -> list[str]:
    if not pairs.missing:
        return []
    return [f'partial: {len(pairs.missing):,} images without a prediction '
            'are left out']
