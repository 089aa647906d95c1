"""Whether two tables of word vectors are of one space."""
from __future__ import annotations

import numpy as np

from .class_embeddings import ClassEmbeddings, WordsSpec, load_embeddings

# Vectors of one word are equal at this cosine; so many words are compared.
_SAME, _COMPARED = 0.99, 10


def check_same_space(
        ours: ClassEmbeddings,
        embeddings: WordsSpec) -> None:
    """Raise unless a table gives some word of ours the vector we have.

    Vectors of two trainings of word vectors cannot be compared, whatever
    their width: a class with such a vector would be predicted at random.

    Args:
        ours: Words and vectors that a model was trained with, in any
            scaling.
        embeddings: The table, as in :func:`load_embeddings`. It passes if it
            holds no word of ours.

    Raises:
        ValueError: All words that both have differ. One is named, with the
            cosine of its two vectors.
    """
    compared: list[tuple[str, int, float]] = []
    for name, vector in zip(ours.classes, ours.vectors):
        try:
            theirs = load_embeddings(embeddings, [name]).vectors[0]
        except ValueError:
            continue  # the table need not hold every word of the model's
        cosine = _cosine(theirs, vector)
        # Other spellings (tv, tvmonitor) have other vectors: one will do.
        if cosine >= _SAME:
            return
        compared.append((name, len(theirs), cosine))
        if len(compared) == _COMPARED:
            break
    if compared:
        name, width, cosine = compared[0]
        raise ValueError(
            f'the embeddings {embeddings!r} are not those that the model was '
            f'trained with: {name!r} has width {width} and cosine '
            f'{cosine:.2f} to the model\'s vector (width {ours.dim}). Give '
            'the same tables, with the new words')


def _cosine(one: np.ndarray, two: np.ndarray) -> float:
    if len(one) != len(two):
        return 0.0
    return float(one @ two / (np.linalg.norm(one) * np.linalg.norm(two)))
