"""How the files of one side are read, and what they turned out to be."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mmseg_zeroshot.semantics import ClassSplit

from .classes import ClassMatch, class_table, match_classes
from .numbering import Numbering

TRUTH, PREDICTIONS = 'label maps', 'predictions'
"""What the two sides are called in messages."""


@dataclass(frozen=True)
class Reading:
    """What a user says about the files of one side; the rest is found.

    Attributes:
        classes: Names in the order of the ids; None for the split's own.
        suffix: Ending of the files' names after the image's; found if empty.
        first_id: Id of the first class: 0, or 1 where 0 is no label, as in
            data sets with mmseg's ``reduce_zero_label``; found if None.
        ignore_index: Id of pixels without a label, of label maps; None for
            255, and for 65535 where there are more than 255 classes.
    """

    classes: Sequence[str] | None = None
    suffix: str = ''
    first_id: int | None = None
    ignore_index: int | None = None

    def __post_init__(self) -> None:
        """Check the first id."""
        if self.first_id not in (None, 0, 1):
            raise ValueError('the first id must be 0 or 1, got '
                             f'{self.first_id!r}')

    def of(self, split: ClassSplit, what: str) -> Side:
        """Bring the classes to those of a split.

        Args:
            split: The split.
            what: :data:`TRUTH` or :data:`PREDICTIONS`.

        Raises:
            ValueError: A name does not fit.
        """
        match = match_classes(self.classes, split, what)
        ignore = None
        if what == TRUTH:
            ignore = self.ignore_index
            if ignore is None:
                ignore = 255 if len(match.names) <= 255 else 65535
        return Side(what, match, Numbering(match.names, match.targets, ignore),
                    self)


@dataclass(frozen=True)
class Side:
    """The classes and ids of one side.

    Attributes:
        what: :data:`TRUTH` or :data:`PREDICTIONS`.
        match: Its class list beside the split's.
        ids: What its ids stand for.
        reading: What the user said.
    """

    what: str
    match: ClassMatch
    ids: Numbering
    reading: Reading

    def table(self, split: ClassSplit, start: int) -> list[str]:
        """Return which id is which class, if the user gave a list.

        Args:
            split: The split.
            start: Id of the first class.
        """
        if self.reading.classes is None:
            return []
        ids = self.ids.ids or range(start, start + len(self.match.names))
        return [f'classes of the {self.what}:\n'
                + class_table(self.match, split, ids)]
