"""Class names: one spelling per meaning, and errors that name the nearest.

Every class in this package is found by name, never by its position:
published code has silently tested the wrong classes by reading an index
list in another class order.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

# Spellings of one class. The first one is the canonical form. Only names
# that no class list tells apart belong here.
_SPELLINGS: tuple[tuple[str, ...], ...] = (
    ('airplane', 'aeroplane'),
    ('motorcycle', 'motorbike'),
    ('tvmonitor', 'tv', 'television', 'television receiver'),
    ('bedclothes', 'bedcloth'),
    ('refrigerator', 'fridge'),
    ('hair dryer', 'hair drier'),
    ('donut', 'doughnut'),
    ('gray', 'grey'),
    ('conveyor belt', 'conveyer belt'),
)

# Names that mean the same where a list has only one of them. COCO-Stuff
# has a "table" beside its "dining table", so these cannot be merged for
# good: they are tried last, and only when the answer is unique.
_SYNONYMS: tuple[tuple[str, ...], ...] = (
    ('dining table', 'table'),
    ('sofa', 'couch'),
    ('potted plant', 'houseplant'),
    ('cell phone', 'mobile phone'),
)

_MOST_LISTED = 20
"""Some of a longer list would say nothing about the rest."""
_SEPARATORS = re.compile(r'[\s_\-/]+')


def _squeeze(name: str) -> str:
    """Lower case, without separators."""
    return _SEPARATORS.sub('', name.lower())


_CANONICAL = {
    _squeeze(spelling): _squeeze(group[0])
    for group in _SPELLINGS
    for spelling in group
}
_SYNONYM = {
    _squeeze(name): _squeeze(group[0])
    for group in _SYNONYMS
    for name in group
}


def canonical(name: str) -> str:
    """The form under which two spellings of a class name are equal.

    Lower case, separators (white space, ``-``, ``_``, ``/``) removed and the
    alias table applied: ``'TV monitor'``, ``'tv'`` and ``'tvmonitor'`` are
    one class.

    Args:
        name (str): A class name in any spelling.

    Returns:
        str: The canonical form, for comparison and not for print.

    Raises:
        ValueError: If ``name`` is not a string with at least one letter.
    """
    if not isinstance(name, str) or not _squeeze(name):
        raise ValueError(
            f'a class name must be a non-empty string, got {name!r}')
    key = _squeeze(name)
    return _CANONICAL.get(key, key)


def spellings(name: str) -> tuple[str, ...]:
    """Other names of a class, from the alias table.

    Args:
        name (str): A class name in any spelling.

    Returns:
        tuple[str, ...]: Spellings and synonyms without ``name`` itself, the
        nearest in meaning first; empty if the table has none.
    """
    key = canonical(name)
    groups = [group for group in (*_SPELLINGS, *_SYNONYMS)
              if key in {canonical(other) for other in group}]
    others = dict.fromkeys(other for group in groups for other in group)
    return tuple(o for o in others if _squeeze(o) != _squeeze(name))


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known names that look most like ``name``, best first.

    Args:
        name (str): The name that was not found.
        known (Iterable[str]): The names that could have been meant.
        count (int): How many to return at most.

    Returns:
        list[str]: Known names in their own spelling; empty if none is near.
    """
    by_key: dict[str, str] = {}
    for candidate in known:
        by_key.setdefault(canonical(candidate), candidate)
    key = canonical(name)
    close = difflib.get_close_matches(key, by_key, n=count, cutoff=0.6)
    # A word inside a longer name ("table", "dining table") is near as well.
    inside = [k for k in by_key if len(key) > 2 and len(k) > 2
              and (key in k or k in key)]
    ordered = dict.fromkeys(close + inside)
    return [by_key[k] for k in ordered][:count]


def hint(name: str, known: Iterable[str]) -> str:
    """The end of an error message: which names could have been meant.

    Args:
        name (str): The name that was not found.
        known (Iterable[str]): The names that could have been meant.

    Returns:
        str: A sentence that starts with a space; empty where none is near
        and there are too many to name.
    """
    known = list(known)
    near = nearest(name, known)
    if near:
        return ' The nearest known names are: ' + ', '.join(near) + '.'
    if len(known) > _MOST_LISTED:
        return ''
    shown = ', '.join(known[:8]) + (', ...' if len(known) > 8 else '')
    return f' Known names are: {shown}.'


def resolve(name: str, known: Sequence[str], *, what: str = 'class') -> str:
    """Find a name in a list, through the alias table.

    Tried in this order: the same spelling, the same canonical form, a
    synonym ("table" for "dining table") if exactly one name of the list fits.

    Args:
        name (str): The name to find, in any spelling.
        known (Sequence[str]): The names to find it in.
        what (str): What the names are, for the error message.

    Returns:
        str: The spelling in ``known``.

    Raises:
        ValueError: If no name fits; the message lists the nearest ones.
    """
    if isinstance(name, str) and name in known:
        return name
    key = canonical(name)
    for same in (_canonical_match, _synonym_match):
        found = [other for other in known if same(key, other)]
        if len(found) == 1:
            return found[0]
    raise ValueError(f'unknown {what} {name!r}.' + hint(name, known))


def _canonical_match(key: str, other: str) -> bool:
    return canonical(other) == key


def _synonym_match(key: str, other: str) -> bool:
    return (key in _SYNONYM
            and _SYNONYM.get(canonical(other)) == _SYNONYM[key])


def check_unique(names: Sequence[str], *, where: str) -> None:
    """Raise if two names are one class under :func:`canonical`.

    Args:
        names (Sequence[str]): The names to check.
        where (str): Where they come from, for the error message.

    Raises:
        ValueError: Naming both spellings and their positions.
    """
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        earlier = first.setdefault(canonical(name), index)
        if earlier != index:
            raise ValueError(
                f'duplicate class in {where}: {names[earlier]!r} (position '
                f'{earlier}) and {name!r} (position {index}) are the same '
                'class; remove or rename one of them')
