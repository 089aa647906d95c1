"""A confusion matrix that others have counted, scored by our rules."""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.evaluation.assessment import assess
from mmseg_zeroshot.evaluation.scores import Absent
from mmseg_zeroshot.results.record import Variant
from mmseg_zeroshot.results.scored_files import ScoredFiles
from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.semantics.splits import SplitSpec
from mmseg_zeroshot.semantics.supervision import DEFAULT
from mmseg_zeroshot.version import __version__

from .description import Description
from .folder import Scored
from .matrix_files import read_matrix
from .outcome import check_groups
from .problems import Problems

KIND = 'confusion matrix'


def score_matrix(path: str | os.PathLike,
                 split: SplitSpec,
                 *,
                 method: str,
                 supervision: str = DEFAULT,
                 dataset: str = '',
                 gamma: float = 0.,
                 seed: int | None = None,
                 variant: Variant | None = None,
                 classes: Sequence[str] | None = None,
                 absent: Absent = 'skip') -> Scored:
    """Score a confusion matrix.

    Args:
        path: A CSV or NPY file of pixel counts, rows truth.
        split: As of :func:`~mmseg_zeroshot.semantics.build_split`.
        method: Name of the method in tables.
        supervision: What the method might see, such as ``'strict'``.
        dataset: Name of the data set in tables.
        gamma: The calibration factor of the predictions.
        seed: The seed of the run that made them.
        variant: What else sets the run apart, such as ``dict(n=5)``.
        classes: Names of rows and columns in their order; those of the CSV
            file and else the split's by default.
        absent: See :func:`~mmseg_zeroshot.evaluation.zero_shot_scores`.

    Returns:
        The record and the matrix in the split's order.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: Something does not fit.
    """
    split = build_split(split)
    row = Description(method, supervision, dataset, gamma, seed,
                      variant or {})
    confusion, digest = read_matrix(Path(path).expanduser(), split, classes)
    problems = Problems()
    check_groups(confusion.sum(1), split, problems)
    problems.raise_if_any()
    scores = assess(split, confusion, absent=absent,
                    why_no_vanilla='a confusion matrix holds no scores of '
                    'classes')
    files = ScoredFiles(
        kind=KIND, images=None, predictions=digest, truth=None, resize=None,
        partial=False, version=__version__)
    return Scored(row.record(scores, files), confusion, notes=[
        'rows of the matrix are taken for the truth, columns for predictions'])
