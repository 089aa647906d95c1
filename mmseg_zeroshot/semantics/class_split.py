"""Which classes of a data set are seen, unseen or ignored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from mmseg_zeroshot.utils.typing_utils import ConfigPart

from .class_lists import get_classes
from .names import check_unique, hint, resolve

_GROUPS = ('unseen', 'ignored', 'validation')
_KEYS = ('classes', *_GROUPS, 'name', 'fully_supervised', 'held_out')


class SplitDict(TypedDict):
    """A split as plain values: in metainfo, checkpoints and stamps."""

    classes: list[str]
    unseen: list[str]
    ignored: list[str]
    validation: list[str]
    name: str
    fully_supervised: bool
    held_out: bool


@dataclass(frozen=True)
class ClassSplit:
    """Three disjoint groups of an ordered class list: seen, unseen, ignored.

    Seen classes are those that neither ``unseen`` nor ``ignored`` names. The
    alias table brings every name to its spelling in ``classes``, and every
    group is in class order.

    Args:
        classes (Sequence[str]): All class names, in the order of the label
            ids (global ids: every network output has this order).
        unseen (Sequence[str]): Classes whose labels are hidden in training
            and that are predicted at test.
        ignored (Sequence[str]): Classes that are neither trained nor scored
            nor ever predicted. Default: ().
        validation (Sequence[str]): Seen classes that stand in for unseen
            ones while hyperparameters are tuned. Default: ().
        name (str): Name of the split in reports. Default: 'custom'.
        fully_supervised (bool): Whether the split has no unseen class, for
            the upper bound that is trained on everything.
            :meth:`supervised` sets it. Default: False.
        held_out (bool): Whether the unseen classes are validation classes
            that stand in for the real ones. Their scores may then choose
            something. :meth:`hold_out_validation` sets it. Default: False.

    Raises:
        ValueError: If a name is unknown (the message lists the nearest), a
            class is named twice or in two groups, a group that must hold a
            class is empty, or ``held_out`` does not fit.

    Example:
        >>> split = ClassSplit(['background', 'cat', 'cow'], unseen=['cow'])
        >>> split.seen, split.unseen_ids
        (('background', 'cat'), (2,))
    """

    classes: tuple[str, ...]
    unseen: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    name: str = 'custom'
    fully_supervised: bool = False
    held_out: bool = False

    def __post_init__(self) -> None:
        """Resolve, order and check all groups."""
        _refuse_string('classes', self.classes, self.name)
        object.__setattr__(self, 'classes', get_classes(self.classes))
        for group in _GROUPS:
            object.__setattr__(self, group, self._resolved(group))
        self._check_overlap('unseen', 'ignored')
        self._check_overlap('validation', 'unseen')
        self._check_overlap('validation', 'ignored')
        self._check_sizes()
        self._check_held_out()

    def _resolved(self, group: str) -> tuple[str, ...]:
        """The names of one group as spelled in ``classes``, in order."""
        names = getattr(self, group)
        _refuse_string(group, names, self.name)
        found: list[str] = []
        for name in names:
            try:
                found.append(resolve(name, self.classes, what='class'))
            except ValueError as error:
                raise ValueError(
                    f'{group!r} of split {self.name!r}: {error}') from None
        check_unique(found, where=f'{group!r} of split {self.name!r}')
        chosen = set(found)
        return tuple(name for name in self.classes if name in chosen)

    def _check_overlap(self, first: str, second: str) -> None:
        both = set(getattr(self, first)) & set(getattr(self, second))
        if both:
            names = ', '.join(c for c in self.classes if c in both)
            raise ValueError(
                f'split {self.name!r}: {names} is in {first!r} and in '
                f'{second!r}; a class belongs to one group only')

    def _check_sizes(self) -> None:
        if self.fully_supervised and (self.unseen or self.validation):
            raise ValueError(
                f'split {self.name!r} is fully supervised, so it can have '
                'neither unseen nor validation classes')
        if not self.unseen and not self.fully_supervised:
            raise ValueError(
                f'split {self.name!r} has no unseen class (K = 0); name at '
                'least one, or use ClassSplit.supervised(classes)')
        if not set(self.seen) - set(self.validation):
            raise ValueError(
                f'split {self.name!r} has no seen class to train on beside '
                'its validation classes; take some classes out of '
                "'unseen', 'ignored' or 'validation'")

    def _check_held_out(self) -> None:
        check_bool('held_out', self.held_out, self.name)
        if self.held_out and (self.fully_supervised or self.validation):
            raise ValueError(
                f'split {self.name!r} is held out, so its unseen classes are '
                "validation classes and 'validation' must be empty; use "
                'hold_out=True to hold the classes of a split out')

    @classmethod
    def supervised(cls, classes: str | Sequence[str],
                   ignored: Sequence[str] = (),
                   name: str = 'supervised') -> ClassSplit:
        """A split where every class that is not ignored is trained.

        Args:
            classes (str | Sequence[str]): Class names or a shipped list.
            ignored (Sequence[str]): Classes left out. Default: ().
            name (str): Name in reports. Default: 'supervised'.

        Returns:
            ClassSplit: With ``unseen`` empty.
        """
        return cls(classes=get_classes(classes), unseen=(),
                   ignored=tuple(ignored), name=name, fully_supervised=True)

    @property
    def seen(self) -> tuple[str, ...]:
        """Names of the seen classes, validation classes included."""
        hidden = {*self.unseen, *self.ignored}
        return tuple(name for name in self.classes if name not in hidden)

    @property
    def num_classes(self) -> int:
        """Length of the class list, all groups together."""
        return len(self.classes)

    @property
    def seen_ids(self) -> tuple[int, ...]:
        """Label ids of the seen classes, ascending."""
        return self.ids(self.seen)

    @property
    def unseen_ids(self) -> tuple[int, ...]:
        """Label ids of the unseen classes, ascending."""
        return self.ids(self.unseen)

    @property
    def ignored_ids(self) -> tuple[int, ...]:
        """Label ids of the ignored classes, ascending."""
        return self.ids(self.ignored)

    @property
    def validation_ids(self) -> tuple[int, ...]:
        """Label ids of the validation classes, ascending."""
        return self.ids(self.validation)

    def ids(self, names: Iterable[str]) -> tuple[int, ...]:
        """Label ids of class names.

        Args:
            names (Iterable[str]): Names in any spelling.

        Returns:
            tuple[int, ...]: One id per name, in the order of ``names``.

        Raises:
            ValueError: If a name is unknown.
        """
        return tuple(self.classes.index(resolve(name, self.classes))
                     for name in names)

    def hold_out_validation(self) -> ClassSplit:
        """The split of zero-shot cross-validation.

        Validation classes become unseen and the real unseen classes are
        ignored, so that no hyperparameter is tuned on a real unseen class.

        Returns:
            ClassSplit: With ``held_out``, named with the suffix ``-cv``.

        Raises:
            ValueError: If the split names no validation classes.
        """
        if not self.validation:
            raise ValueError(
                f'split {self.name!r} names no validation classes to hold '
                "out; add some seen classes as 'validation'")
        return ClassSplit(
            classes=self.classes, unseen=self.validation,
            ignored=self.ignored + self.unseen, name=f'{self.name}-cv',
            held_out=True)

    def with_unseen_class(self, name: str) -> ClassSplit:
        """The split with one more unseen class, its id the next free one.

        Args:
            name (str): A class that the split does not hold.

        Returns:
            ClassSplit: With K + 1 classes.

        Raises:
            ValueError: If the class is there already.
        """
        return ClassSplit(
            classes=(*self.classes, name), unseen=(*self.unseen, name),
            ignored=self.ignored, validation=self.validation, name=self.name)

    def to_dict(self) -> SplitDict:
        """Plain strings, lists and bools: for metainfo and checkpoints.

        Returns:
            SplitDict: What :meth:`from_dict` takes.
        """
        return dict(
            classes=list(self.classes), unseen=list(self.unseen),
            ignored=list(self.ignored), validation=list(self.validation),
            name=self.name, fully_supervised=self.fully_supervised,
            held_out=self.held_out)

    @classmethod
    def from_dict(cls, data: ConfigPart) -> ClassSplit:
        """Build a split from the dict of a config or of :meth:`to_dict`.

        Args:
            data (ConfigPart): ``classes`` (names, or the name of a
                shipped list), and optionally ``unseen``, ``ignored``,
                ``validation``, ``name``, ``fully_supervised``,
                ``held_out``.

        Returns:
            ClassSplit: The checked split.

        Raises:
            ValueError: If a key is unknown or ``classes`` is missing.
        """
        unknown = [key for key in data if key not in _KEYS]
        if unknown:
            raise ValueError(
                f'unknown key {unknown[0]!r} in a class split.'
                + hint(str(unknown[0]), _KEYS))
        if 'classes' not in data:
            raise ValueError("a class split needs the key 'classes': a list "
                             "of names or a shipped list such as 'voc21'")
        values = {key: data[key] for key in data if key != 'classes'}
        values.setdefault('unseen', ())
        return cls(classes=get_classes(data['classes']), **values)


def check_bool(key: str, value: object, split: object) -> None:
    """Refuse 'no' and the like, which Python would take as true."""
    if not isinstance(value, bool):
        raise ValueError(
            f'{key!r} of split {split!r} must be True or False, got '
            f'{value!r}')


def _refuse_string(group: str, names: object, split: str) -> None:
    """A string would be read as a list of letters: refuse it."""
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise ValueError(
            f'{group!r} of split {split!r} must be a list of class names, '
            f'got {names!r}; write [{names!r}]')
