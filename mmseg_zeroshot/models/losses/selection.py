"""What recursive training selects: of one step, and added up."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from mmseg_zeroshot.utils.typing_utils import RunState


class Selection(NamedTuple):
    """Pseudo-labels of a step, by class.

    Attributes:
        offered: (B,) number of vectors that the classifier judged.
        selected: (B,) number of those that became pseudo-labels.
        confidence: (B,) mean confidence of the selected; 0 where none is.
    """

    offered: Tensor
    selected: Tensor
    confidence: Tensor


class ClassSelection(NamedTuple):
    """Pseudo-labels of a class over several steps.

    Attributes:
        class_id: The class.
        steps: Number of steps.
        offered: Vectors that were judged, all steps together.
        selected: Those of them that became pseudo-labels.
        confidence: Mean confidence of the selected; None if there is none.
    """

    class_id: int
    steps: int
    offered: float
    selected: float
    confidence: float | None


class SelectionTotals:
    """Adds up what is selected, without waiting for the device.

    Args:
        class_ids: The classes, in the order of the selections.
    """

    def __init__(self, class_ids: Sequence[int]) -> None:
        self.class_ids = tuple(class_ids)
        self._sums: Tensor | None = None
        self._steps = 0

    def add(self, selection: Selection) -> None:
        """Count a step.

        Args:
            selection: Of the classes given to the constructor.
        """
        offered, selected, confidence = selection
        sums = torch.stack(
            [offered.double(), selected.double(),
             selected.double() * confidence.double()], 1)
        self._sums = sums if self._sums is None else self._sums + sums
        self._steps += 1

    def run_state(self) -> RunState:
        """Return the totals since the last :meth:`pop`."""
        sums = None if self._sums is None else self._sums.cpu()
        return dict(sums=sums, steps=self._steps)

    def load_run_state(self, state: RunState) -> None:
        """Go on from totals.

        Args:
            state: What :meth:`run_state` returned.
        """
        self._sums, self._steps = state['sums'], state['steps']

    def pop(self) -> list[ClassSelection]:
        """Return the totals since the last call and start anew.

        Returns:
            One entry per class; none if no step was counted.
        """
        if self._sums is None:
            return []
        rows, steps = self._sums.tolist(), self._steps
        self._sums, self._steps = None, 0
        return [
            ClassSelection(class_id, steps, offered, selected,
                           weighted / selected if selected else None)
            for class_id, (offered, selected, weighted) in zip(
                self.class_ids, rows)
        ]
