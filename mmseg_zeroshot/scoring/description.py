"""What a row of scored files is called, and what it may be ranked with."""
from __future__ import annotations

from dataclasses import dataclass, field

from mmseg_zeroshot.results.record import Record, Variant
from mmseg_zeroshot.results.scored_files import ScoredFiles
from mmseg_zeroshot.semantics.supervision import DEFAULT, get_supervision
from mmseg_zeroshot.utils.calibration_rules import check_gamma
from mmseg_zeroshot.utils.scores import Evaluation


@dataclass(frozen=True)
class Description:
    """What the files do not say of the run that made them.

    Attributes:
        method: Name of the method in tables.
        supervision: What it might see, such as ``'strict'``.
        dataset: Name of the data set in tables.
        gamma: Calibration factor of the predictions.
        seed: Seed of the run.
        variant: What else sets it apart, such as ``dict(n=5)``.
    """

    method: str
    supervision: str = DEFAULT
    dataset: str = ''
    gamma: float = 0.
    seed: int | None = None
    variant: Variant = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check what has a range."""
        get_supervision(self.supervision)
        check_gamma(self.gamma)

    def record(self, scores: Evaluation, files: ScoredFiles) -> Record:
        """Return the record of scores.

        Args:
            scores: What was counted.
            files: What it was made from.
        """
        return Record(
            method=self.method, dataset=self.dataset,
            supervision=self.supervision, embeddings=None, seed=self.seed,
            checkpoint=None, gamma=float(self.gamma),
            variant=dict(self.variant),
            inductive=get_supervision(self.supervision).inductive,
            scored_files=files, **scores)
