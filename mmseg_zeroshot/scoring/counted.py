"""What one pass over pairs of files has counted."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .label_pass import Tally
from .numbering import Numbering

if TYPE_CHECKING:
    from mmseg_zeroshot.evaluation import GammaCurve


@dataclass
class Counted:
    """The counts of a pass.

    Attributes:
        tally: Pixels by the codes of label maps and predictions.
        ids: What the predictions' codes stand for.
        kind: What was read, such as ``'label maps'`` or ``'float32 logits'``.
        vanilla: (T, P) int64: as the tally's counts, where unseen classes
            compete alone; None where there are no scores of classes.
        curve: The gamma curve; None without scores, PyTorch or unseen
            classes.
    """

    tally: Tally
    ids: Numbering
    kind: str
    vanilla: np.ndarray | None = None
    curve: GammaCurve | None = None
