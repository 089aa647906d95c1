"""Whether every class has a vector, and where it comes from."""
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mmseg_zeroshot.experiments.inspection import ClassWords, find_words
from mmseg_zeroshot.semantics import load_embeddings
from mmseg_zeroshot.semantics.class_embeddings import WordsSpec, open_table

from .finding import Finding, Section
from .subject import Subject, text_of

_PLACE = 'words'


@dataclass(frozen=True)
class Words:
    """What was found about the words.

    Attributes:
        complete: Whether every class has a vector.
        width: Of a vector; 0 if a table cannot be read.
        section: What is wrong.
    """

    complete: bool
    width: int
    section: Section


def check_words(subject: Subject) -> Words:
    """Look up the vector of every class of the split.

    Args:
        subject: What is checked.
    """
    words, split = subject.experiment.words, subject.split
    looked_at = f'{text_of(words)} for {split.num_classes} classes'
    try:
        found = find_words(words, split.classes)
    except (OSError, ValueError) as error:
        return Words(False, 0, Section('words', looked_at, [Finding(
            'error', _PLACE, str(error).rstrip('.'), 'name a shipped table, '
            'or the path of an .npz file', text_of(words))]))
    missing = [one for one in found if one.missing]
    if missing:
        return Words(False, _width(words), Section(
            'words', looked_at, [_missing(subject, missing)]))
    table = load_embeddings(words, split.classes)
    findings = [*_same_vectors(split.classes, table.vectors),
                *_other_names(found)]
    return Words(True, table.dim, Section(
        'words', f'{looked_at}, {table.dim} wide', findings))


def _width(words: WordsSpec) -> int:
    """Return the width of the vectors of joined tables."""
    tables = [words] if isinstance(words, (str, os.PathLike)) else words
    return sum(open_table(table)[0].dim for table in tables)


def _missing(subject: Subject, missing: Sequence[ClassWords]) -> Finding:
    """Return one finding for all classes without a vector."""
    read = any(True for _ in subject.parts('model', 'decode_head',
                                           'embeddings'))
    names = [one.name for one in missing]
    reasons = '; '.join(one.missing.rstrip('.') for one in missing)
    several = len(names) > 1
    return Finding(
        'error' if read or not subject.steps else 'warning', _PLACE,
        f'{"classes" if several else "class"} '
        f'{", ".join(map(repr, names))} {"have" if several else "has"} no '
        f'vector ({reasons})',
        'name a table that holds them, add one of your own (words = [...] '
        'joins tables; mmseg-zeroshot build-embeddings makes one), or '
        'rename the classes', text_of(subject.experiment.words))


def _same_vectors(classes: Sequence[str],
                  vectors: np.ndarray) -> list[Finding]:
    """Name classes that no head can tell apart."""
    rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return [
        Finding('warning', _PLACE,
                f'classes {classes[i]!r} and {classes[j]!r} have the same '
                'vector, so no method can tell them apart',
                'give one of them a vector of its own in a table of yours')
        for i, j in combinations(range(len(classes)), 2)
        if np.allclose(rows[i], rows[j], atol=1e-6)
    ]


def _other_names(found: Sequence[ClassWords]) -> list[Finding]:
    """List the classes that take the vector of another name, or of words."""
    listed = [f'{one.name} is {one}' for one in found if one.how == 'alias']
    listed += [f'{one.name} is the mean of {one}' for one in found
               if one.how == 'composed']
    return [Finding('info', _PLACE, 'under other names in the table: '
                    + ', '.join(listed))] if listed else []
