"""Class vectors: one row per class name, immutable, saved without pickle."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from mmseg_zeroshot.utils.io import atomic_write

from .names import check_unique, hint, resolve
from .npz_table import read_npz_table
from .words import word_splits

ASSETS = Path(__file__).parent / 'assets'
DEFAULT_WORDS = 'glove-6b-50d'
"""The table that is read where nobody names one."""
WordsSpec: TypeAlias = str | os.PathLike | Sequence[str | os.PathLike]
"""A shipped table of class vectors, an .npz file, or several, joined."""
NORMALIZE_MODES = ('l2', 'none', 'max')


@dataclass(frozen=True, eq=False)
class ClassEmbeddings:
    """A table of class vectors, found by name.

    Args:
        classes (Sequence[str]): K names, distinct after aliases.
        vectors (np.ndarray): (K, d) finite numbers, stored as read-only
            float32. No row is all zero.

    Raises:
        ValueError: A name occurs twice, the shapes do not fit, or a row is
            not finite or all zero (the message names the class).

    Example:
        >>> table = load_embeddings('glove-6b-50d', ['cow', 'tv monitor'])
        >>> table.vectors.shape, table.dim
        ((2, 50), 50)
    """

    classes: tuple[str, ...]
    vectors: np.ndarray

    def __post_init__(self) -> None:
        """Check the table and freeze it."""
        classes = tuple(str(name) for name in self.classes)
        vectors = np.array(self.vectors, dtype=np.float32, order='C')
        if vectors.ndim != 2 or vectors.shape[1] == 0:
            raise ValueError('class vectors must have the shape (classes, '
                             f'width), got {vectors.shape}')
        if len(classes) != len(vectors):
            raise ValueError(f'{len(classes)} class names for '
                             f'{len(vectors)} vectors; give one name a row')
        if not classes:
            raise ValueError('a table of class vectors needs at least one '
                             'class')
        check_unique(classes, where='the table of class vectors')
        _check_rows(classes, vectors)
        vectors.setflags(write=False)
        object.__setattr__(self, 'classes', classes)
        object.__setattr__(self, 'vectors', vectors)

    def __len__(self) -> int:
        """Number of classes."""
        return len(self.classes)

    @property
    def dim(self) -> int:
        """Width d of a vector."""
        return int(self.vectors.shape[1])

    @property
    def fingerprint(self) -> str:
        """16 hex digits over names, order and values (SHA-256)."""
        digest = hashlib.sha256('\n'.join(self.classes).encode())
        digest.update(b'\0' + self.vectors.astype('<f4').tobytes())
        return digest.hexdigest()[:16]

    @classmethod
    def load(cls, path: str | os.PathLike) -> ClassEmbeddings:
        """Read a table from an ``.npz`` file; pickles are never read.

        Args:
            path (str | os.PathLike): File with the arrays ``classes`` (K,)
                and ``vectors`` (K, d).

        Returns:
            ClassEmbeddings: The checked table.

        Raises:
            FileNotFoundError: If there is no such file.
            ValueError: If it is not such a table, is truncated or broken,
                or its rows are bad; the message names the file.
        """
        try:
            return cls(*read_npz_table(Path(path)))
        except ValueError as error:
            raise ValueError(f'{path}: {error}') from error

    def save(self, path: str | os.PathLike) -> None:
        """Write the table as ``.npz``, whole or not at all.

        Args:
            path (str | os.PathLike): The file to write.
        """
        with atomic_write(path) as file:
            np.savez_compressed(file, classes=np.array(self.classes),
                                vectors=self.vectors)

    def select(self, classes: Sequence[str], *,
               compose: bool = False) -> ClassEmbeddings:
        """The rows of some classes, in their order and spelling.

        Args:
            classes (Sequence[str]): Names in any spelling.
            compose (bool): Whether a class without a row gets the mean of
                its words' rows, if each word has one. Only right for a
                table of raw word vectors. Default: False.

        Returns:
            ClassEmbeddings: Named as in ``classes``.

        Raises:
            ValueError: If a class has no vector; lists the nearest names.
        """
        rows = [self._row(name, compose) for name in classes]
        return ClassEmbeddings(tuple(classes), np.stack(rows) if rows
                               else np.empty((0, self.dim)))

    def sources(self, name: str, *, compose: bool = False) -> tuple[str, ...]:
        """The rows that a class's vector is made of.

        Args:
            name (str): The class, in any spelling.
            compose (bool): As of :meth:`select`. Default: False.

        Returns:
            tuple[str, ...]: The class's own row in the table's spelling, or
            the rows of its words, whose mean is its vector.

        Raises:
            ValueError: If the class has no vector; lists the nearest names.
        """
        try:
            return (resolve(name, self.classes), )
        except ValueError as error:
            if not compose:
                raise _no_vector(name, name, self.classes) from error
        return self._words(name)

    def _row(self, name: str, compose: bool) -> np.ndarray:
        rows = [self.vectors[self.classes.index(source)]
                for source in self.sources(name, compose=compose)]
        return rows[0] if len(rows) == 1 else np.mean(rows, axis=0)

    def _words(self, name: str) -> tuple[str, ...]:
        """Find the rows of a name's words, in the first way that has all."""
        ways = word_splits(name)
        for words in ways:
            found = [self._find(word) for word in words]
            if all(found):
                return tuple(row for row in found if row)
        lost = next(word for word in ways[-1] if not self._find(word))
        raise _no_vector(name, lost, self.classes)

    def _find(self, word: str) -> str | None:
        try:
            return resolve(word, self.classes)
        except ValueError:
            return None

    def normalized(self, mode: str = 'l2') -> ClassEmbeddings:
        """The table with its rows scaled.

        Args:
            mode (str): ``'l2'``: every row to unit norm. ``'max'``: all rows
                divided by the largest norm (what ZS3 released for VOC).
                ``'none'``: as they are. Default: 'l2'.

        Returns:
            ClassEmbeddings: The scaled table.

        Raises:
            ValueError: If the mode is unknown.
        """
        if mode not in NORMALIZE_MODES:
            raise ValueError(f'unknown normalize mode {mode!r}; use one of '
                             + ', '.join(map(repr, NORMALIZE_MODES)))
        if mode == 'none':
            return self
        # float64: squares of float32 values overflow above 1e19.
        wide = self.vectors.astype(np.float64)
        norms = np.linalg.norm(wide, axis=1, keepdims=True)
        scale = norms if mode == 'l2' else norms.max()
        return ClassEmbeddings(self.classes, wide / scale)

    @classmethod
    def concatenate(cls,
                    sources: Sequence[ClassEmbeddings]) -> ClassEmbeddings:
        """Several sources side by side (SPNet: fastText + word2vec).

        Each source is L2-normalised per row first and the result again, so
        no source outweighs another by its scale.

        Args:
            sources (Sequence[ClassEmbeddings]): Tables of the same classes;
                order and spelling are those of the first.

        Returns:
            ClassEmbeddings: Of the summed width, with unit rows.

        Raises:
            ValueError: If there is no source, or a later one lacks a class.
        """
        if not sources:
            raise ValueError('concatenate needs at least one table')
        classes = sources[0].classes
        parts = [source.select(classes).normalized('l2').vectors
                 for source in sources]
        return cls(classes, np.concatenate(parts, axis=1)).normalized('l2')

    def with_class(self, name: str, vector: np.ndarray) -> ClassEmbeddings:
        """The table with one more class at its end.

        Args:
            name (str): A class that the table does not hold.
            vector (np.ndarray): (d,) its vector.

        Returns:
            ClassEmbeddings: With K + 1 rows.

        Raises:
            ValueError: If the class is there already or the width differs.
        """
        row = np.asarray(vector, dtype=np.float32)
        if row.shape != (self.dim, ):
            raise ValueError(f'the vector of {name!r} has the shape '
                             f'{row.shape}, but the table is {self.dim} wide')
        return ClassEmbeddings((*self.classes, name),
                               np.vstack([self.vectors, row]))

    def without(self, name: str) -> ClassEmbeddings:
        """The table without one class.

        Args:
            name (str): The class to leave out, in any spelling.

        Returns:
            ClassEmbeddings: With K - 1 rows.

        Raises:
            ValueError: If the class is unknown or the only one.
        """
        gone = resolve(name, self.classes)
        return self.select([c for c in self.classes if c != gone])


def load_embeddings(spec: WordsSpec,
                    classes: Sequence[str], *,
                    normalize: str = 'l2') -> ClassEmbeddings:
    """Class vectors for a class list, from a config value.

    Args:
        spec (WordsSpec): The name of a
            shipped table (``'glove-6b-50d'``), the path of an ``.npz`` file,
            or a list of those, which are concatenated
            (:meth:`ClassEmbeddings.concatenate`). The shipped table holds
            raw word vectors: a class that it does not list gets the mean of
            its words' vectors. A file must hold every class.
        classes (Sequence[str]): The class names, in order.
        normalize (str): ``'l2'``, ``'none'`` or ``'max'``: see
            :meth:`ClassEmbeddings.normalized`. Default: 'l2'.

    Returns:
        ClassEmbeddings: One row per class, in the order of ``classes``.

    Raises:
        FileNotFoundError: If the file is missing and no table has that name.
        ValueError: If a class has no vector, or a file is bad.
    """
    specs = [spec] if isinstance(spec, (str, os.PathLike)) else list(spec)
    if not specs:
        raise ValueError('embeddings is an empty list; name at least one '
                         "table, for example 'glove-6b-50d'")
    tables = [_load_selected(one, classes) for one in specs]
    table = (tables[0] if len(tables) == 1
             else ClassEmbeddings.concatenate(tables))
    return table.normalized(normalize)


def shipped_tables() -> tuple[str, ...]:
    """Names of the tables that come with the package.

    Returns:
        tuple[str, ...]: What :func:`load_embeddings` takes as a name.
    """
    return tuple(sorted(path.stem for path in ASSETS.glob('*.npz')))


def open_table(spec: str | os.PathLike) -> tuple[ClassEmbeddings, bool]:
    """One whole table of class vectors.

    Args:
        spec (str | os.PathLike): The name of a shipped table, or the path
            of an ``.npz`` file.

    Returns:
        tuple[ClassEmbeddings, bool]: The table, and whether it holds raw
        word vectors, of which vectors of other names are composed.

    Raises:
        FileNotFoundError: If the file is missing and no table has that name.
        ValueError: If the file is bad.
    """
    shipped = isinstance(spec, str) and spec in shipped_tables()
    path = ASSETS / f'{spec}.npz' if shipped else Path(spec)
    if not shipped and not path.exists() and path.suffix != '.npz':
        raise FileNotFoundError(
            f'no table of class vectors {str(spec)!r}: it is neither a file '
            'nor a shipped table.' + hint(str(spec), shipped_tables()))
    return ClassEmbeddings.load(path), shipped


def _load_selected(spec: str | os.PathLike,
                   classes: Sequence[str]) -> ClassEmbeddings:
    """The rows of ``classes`` from one table, by its name or path."""
    try:
        table, composes = open_table(spec)
        return table.select(classes, compose=composes)
    except ValueError as error:
        message = str(error)
        if str(spec) not in message:
            message = f'embeddings {str(spec)!r}: {message}'
        raise ValueError(message) from error


def _no_vector(name: str, word: str, known: Sequence[str]) -> ValueError:
    """The error for a class that has no row."""
    part = '' if word == name else f' (no word {word!r})'
    return ValueError(f'class {name!r} has no vector{part}.'
                      + hint(word, known)
                      + ' mmseg-zeroshot build-embeddings makes vectors for '
                      'any list of class names.')


def _check_rows(classes: Sequence[str], vectors: np.ndarray) -> None:
    """Every row is finite and not all zero; the error names the class."""
    for bad, what in ((~np.isfinite(vectors).all(axis=1), 'NaN or infinite'),
                      (~vectors.any(axis=1), 'all zero')):
        if bad.any():
            names = [classes[i] for i in np.flatnonzero(bad)[:5]]
            raise ValueError(f'the vector of {", ".join(map(repr, names))} '
                             f'is {what}; build the table again')
