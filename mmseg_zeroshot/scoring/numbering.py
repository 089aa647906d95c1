"""Which id in a file stands for which class of the split."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .label_maps import HIGHEST

IGNORED, OUTSIDE = -1, -2
"""What a code stands for that is no class: no label, and nothing at all."""


@dataclass(frozen=True)
class Numbering:
    """The ids of one side, the truth's or the predictions'.

    Ids are counted by *code*, before it is known whether they start at 0 or
    at 1. Of n classes the codes are ``0 … n``, an id each, which serves both
    starts; ``n + 1`` for the ignore label; ``n + 2`` for all other ids.

    Attributes:
        classes: Names in the order of the ids.
        targets: The split's id of each.
        ignore: Ids of pixels without a label; none of predictions.
        ids: Id of each class where the files say it; else they follow each
            other from 0 or 1.
    """

    classes: tuple[str, ...]
    targets: tuple[int, ...]
    ignore: tuple[int, ...] = ()
    ids: tuple[int, ...] | None = None

    @property
    def num_codes(self) -> int:
        """Number of codes, n + 3."""
        return len(self.classes) + 3

    @property
    def starts(self) -> tuple[int, ...]:
        """The ids that the first class may have."""
        return (0, 1) if self.ids is None else (0, )

    @cached_property
    def codes(self) -> np.ndarray:
        """(65536, ) int32: the code of every id."""
        size = len(self.classes)
        codes = np.full(HIGHEST + 1, size + 2, np.int32)
        ids = range(size + 1) if self.ids is None else self.ids
        codes[list(ids)] = np.arange(len(ids))
        codes[list(self.ignore)] = size + 1
        return codes

    def meaning(self, start: int) -> np.ndarray:
        """Return what every code stands for.

        Args:
            start: Id of the first class, of :attr:`starts`.

        Returns:
            (num_codes, ) the split's class ids, or :data:`IGNORED` or
            :data:`OUTSIDE`.
        """
        size = len(self.classes)
        meaning = np.full(self.num_codes, OUTSIDE)
        meaning[start:start + size] = self.targets
        meaning[size + 1] = IGNORED
        if start and self.ignore:
            # In label maps that start at 1, 0 is no label.
            meaning[0] = IGNORED
        return meaning

    def id_of(self, code: int) -> int:
        """Return the id of one of the first n + 1 codes.

        Args:
            code: The code.
        """
        return code if self.ids is None else self.ids[code]

    def places(self, class_ids: Sequence[int]) -> list[int]:
        """Return the codes that may stand for classes of the split.

        Args:
            class_ids: The split's ids.
        """
        wanted = [position for position, target in enumerate(self.targets)
                  if target in set(class_ids)]
        return sorted({position + start for position in wanted
                       for start in self.starts})
