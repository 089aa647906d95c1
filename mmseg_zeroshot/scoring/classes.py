"""Class lists of files, brought to the split's by name."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mmseg_zeroshot.semantics import ClassSplit, canonical, resolve
from mmseg_zeroshot.utils.tables import text_table


@dataclass(frozen=True)
class ClassMatch:
    """A class list beside the split's.

    Attributes:
        names: The list, in the order of its ids.
        targets: The split's id of each.
    """

    names: tuple[str, ...]
    targets: tuple[int, ...]


def match_classes(names: Sequence[str] | None, split: ClassSplit,
                  what: str) -> ClassMatch:
    """Find the split's class for every name of a list.

    Args:
        names: The list; None for the split's own.
        split: The split.
        what: Whose list it is, for messages.

    Returns:
        The list with its classes.

    Raises:
        ValueError: Names fit no class of the split, or two fit the same;
            all are named.
    """
    if names is None:
        return ClassMatch(split.classes, tuple(range(split.num_classes)))
    targets: list[int] = []
    wrong: list[str] = []
    for name in names:
        try:
            target = split.classes.index(resolve(name, split.classes))
        except ValueError as error:
            wrong.append(str(error))
            continue
        if target in targets:
            other = names[targets.index(target)]
            wrong.append(f'{name!r} and {other!r} are both '
                         f'{split.classes[target]!r} of the split')
        targets.append(target)
    if wrong:
        shown = '\n'.join(f'- {text}' for text in wrong[:10])
        raise ValueError(
            f'{len(wrong)} names of the {what} do not fit the classes of '
            f'split {split.name!r}:\n{shown}\n  A split of your own may list '
            'more classes, and ignore them')
    return ClassMatch(tuple(names), tuple(targets))


def class_table(match: ClassMatch, split: ClassSplit,
                ids: Sequence[int]) -> str:
    """Return which id stands for which class of the split, as a table.

    Args:
        match: A list with its classes.
        split: The split.
        ids: The id of each name in the files.
    """
    rows = [['id', 'name', 'class of the split', 'found by']]
    for number, name, target in zip(ids, match.names, match.targets):
        known = split.classes[target]
        rows.append([str(number), name, known, _found_by(name, known)])
    lacking = [name for i, name in enumerate(split.classes)
               if i not in match.targets]
    rows += [['-', '-', name, 'not in the list'] for name in lacking]
    return text_table(rows, left=4)


def _found_by(name: str, known: str) -> str:
    if name == known:
        return 'name'
    return 'spelling' if canonical(name) == canonical(known) else 'synonym'
