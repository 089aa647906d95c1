"""How each class of an experiment finds its vector."""
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from mmseg_zeroshot.semantics.class_embeddings import (
    ClassEmbeddings,
    WordsSpec,
    open_table,
)
from mmseg_zeroshot.semantics.names import canonical


@dataclass(frozen=True)
class ClassWords:
    """Where a class's vector comes from.

    Attributes:
        name: The class.
        rows: Rows of the table that its vector is made of, the mean of
            several; empty if it has none.
        missing: Why it has no vector, with the nearest names; else empty.
    """

    name: str
    rows: tuple[str, ...] = ()
    missing: str = ''

    @property
    def how(self) -> str:
        """``'exact'``, ``'alias'``, ``'composed'`` or ``'missing'``."""
        if not self.rows:
            return 'missing'
        if len(self.rows) > 1:
            return 'composed'
        return 'exact' if self.rows[0] == self.name else 'alias'

    def __str__(self) -> str:
        """Return it as a cell of a table."""
        if self.how == 'missing':
            return 'NO VECTOR'
        return ' + '.join(self.rows)


def find_words(words: WordsSpec, classes: Sequence[str]) -> list[ClassWords]:
    """Find the vector of each class; a class without one is no error.

    Args:
        words: A shipped table, an ``.npz`` file, or several of them.
        classes: The class names.

    Returns:
        One for each class, by the first table that lacks it, else by the
        first.

    Raises:
        FileNotFoundError: There is no such table.
        ValueError: A file is no table.
    """
    specs = [words] if isinstance(words, (str, os.PathLike)) else list(words)
    tables = [(str(spec), *open_table(spec)) for spec in specs]
    return [_found(name, tables) for name in classes]


def _found(name: str,
           tables: Sequence[tuple[str, ClassEmbeddings, bool]]) -> ClassWords:
    rows: list[tuple[str, ...]] = []
    for spec, table, composes in tables:
        try:
            rows.append(table.sources(name, compose=composes))
        except ValueError as error:
            return ClassWords(name, missing=f'{spec}: {error}')
    return ClassWords(name, rows[0])


def is_rest(name: str) -> bool:
    """Whether a class is what no other class is, whose word says little.

    Args:
        name: Of the class.
    """
    return canonical(name) in _REST


_REST = frozenset(map(canonical, (
    'background', 'other', 'others', 'void', 'unlabelled', 'unlabeled',
    'misc', 'rest', 'none', 'unknown')))
