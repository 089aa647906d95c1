"""The class list of a data set's metainfo."""
from __future__ import annotations

from mmseg_zeroshot.semantics import ClassSplit, resolve
from mmseg_zeroshot.utils.typing_utils import Metainfo


def check_classes(metainfo: Metainfo, split: ClassSplit,
                  where: str) -> None:
    """Raise unless a data set's classes are a split's, in the same order.

    Label ids are positions in the class list, so another order would train
    and score other classes under these names.

    Args:
        metainfo: Metainfo of the data set.
        split: The split.
        where: Name of the data set, for the message.

    Raises:
        ValueError: Naming the first class that differs.
    """
    classes = metainfo.get('classes')
    if not classes:
        raise ValueError(
            f'{where} has no class list to match with split {split.name!r}: '
            "set metainfo=dict(classes=[...]) in the data set's config")
    if len(classes) != split.num_classes:
        extra = [c for c in classes if _same(c, split) is None]
        matched = {_same(c, split) for c in classes}
        absent = [c for c in split.classes if c not in matched]
        raise ValueError(
            f'{where} has {len(classes)} classes, split {split.name!r} has '
            f'{split.num_classes}: only in the data set {extra}, only in the '
            f'split {absent}')
    for index, (own, other) in enumerate(zip(classes, split.classes)):
        if _same(own, split) != other:
            raise ValueError(
                f'class id {index} is {own!r} in {where} and {other!r} in '
                f'split {split.name!r}: both must list the same classes in '
                'the same order')


def _same(name: str, split: ClassSplit) -> str | None:
    """Return the split's spelling of a class, or None."""
    try:
        return resolve(name, split.classes)
    except ValueError:
        return None
