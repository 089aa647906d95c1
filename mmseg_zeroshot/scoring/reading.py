"""How the files of one side are read, and what they turned out to be."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mmseg_zeroshot.semantics import ClassSplit, canonical
from mmseg_zeroshot.utils.label_values import no_label

from .class_files import Classes
from .classes import ClassMatch, class_table, match_classes
from .colours import Palette
from .numbering import Numbering

TRUTH, PREDICTIONS = 'label maps', 'predictions'
"""What the two sides are called in messages."""
NO_LABEL = ('ignore', 'no label', 'unlabelled', 'unlabeled', 'void')
"""Names of no class, in the class lists and palettes of label maps."""


@dataclass(frozen=True)
class Reading:
    """What a user says about the files of one side; the rest is found.

    Attributes:
        classes: Names in the order of the ids, or by id; None for the
            palette's and else the split's. Of label maps a name of
            :data:`NO_LABEL` that is no class of the split is no label.
        suffix: Ending of the files' names after the image's; found if empty.
        first_id: Id of the first class: 0, or 1 where 0 is no label, as in
            data sets with mmseg's ``reduce_zero_label``; found if None.
        ignore_index: Id of pixels without a label, of label maps; None for
            255, and for 65535 where there are more than 255 classes.
        palette: Colours of the ids, of images in colours; None where images
            hold ids.
    """

    classes: Classes | None = None
    suffix: str = ''
    first_id: int | None = None
    ignore_index: int | None = None
    palette: Palette | None = None

    def __post_init__(self) -> None:
        """Check the first id."""
        if self.first_id not in (None, 0, 1):
            raise ValueError('the first id must be 0 or 1, got '
                             f'{self.first_id!r}')

    @property
    def given(self) -> Classes | None:
        """The class list that the user gave."""
        if self.classes is None and self.palette is not None:
            return self.palette.names or None
        return self.classes

    def of(self, split: ClassSplit, what: str) -> Side:
        """Bring the classes to those of a split.

        Args:
            split: The split.
            what: :data:`TRUTH` or :data:`PREDICTIONS`.

        Raises:
            ValueError: A name does not fit.
        """
        given = self.given
        ignore: tuple[int, ...] = ()
        if what == TRUTH:
            given, ignore = self._without_no_label(split)
        ids = None
        if isinstance(given, Mapping):
            ids, given = tuple(given), list(given.values())
        match = match_classes(given, split, what)
        return Side(what, match, Numbering(match.names, match.targets, ignore,
                                           ids), self)

    def _without_no_label(
            self, split: ClassSplit) -> tuple[Classes | None, tuple[int, ...]]:
        """Return a class list of label maps, and the ids of no label."""
        given = self.given
        size = split.num_classes if given is None else len(given)
        ignore = self.ignore_index
        if ignore is None:
            ignore = no_label(size)
        if given is None:
            return None, (ignore, )
        by_id = (given if isinstance(given, Mapping)
                 else dict(enumerate(given)))
        known = {canonical(name) for name in split.classes}
        words = {canonical(name) for name in NO_LABEL} - known
        nothing = [number for number, name in by_id.items()
                   if canonical(name) in words]
        if nothing:
            given = {number: name for number, name in by_id.items()
                     if number not in nothing}
        return given, (ignore, *nothing)


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

    def of_arrays(self) -> Side:
        """Return the side where the classes are the rows of arrays.

        Raises:
            ValueError: The user gave ids that are no row.
        """
        if self.ids.ids not in (None, tuple(range(len(self.match.names)))):
            raise ValueError(
                'the classes of score arrays are given in the order of the '
                'arrays, 0, 1, 2 …, without gaps')
        return self

    def table(self, split: ClassSplit, start: int) -> list[str]:
        """Return which id is which class, if the user gave a list.

        Args:
            split: The split.
            start: Id of the first class.
        """
        if self.reading.given is None:
            return []
        ids = self.ids.ids or range(start, start + len(self.match.names))
        return [f'classes of the {self.what}:\n'
                + class_table(self.match, split, ids)]
