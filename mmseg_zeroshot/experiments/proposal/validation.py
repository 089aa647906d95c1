"""Seen classes that may stand in for unseen ones."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mmseg_zeroshot.experiments.inspection import (
    ClassWords,
    MaskReport,
    is_rest,
)
from mmseg_zeroshot.semantics import ClassSplit, load_embeddings

_SEEN_TO_ONE = 4
"""So many seen classes there are for each that is held out."""
_TRAIN_IMAGES, _VAL_IMAGES = 20, 5
"""A class needs so many images that hold it."""


class Stand(NamedTuple):
    """A proposed validation class.

    Attributes:
        name: The seen class.
        near: The unseen class that its vector is near to.
        cosine: Of their vectors.
        images: Training images that hold it, as text.
    """

    name: str
    near: str
    cosine: float
    images: str


def propose_validation(split: ClassSplit, words: object,
                       found: Sequence[ClassWords],
                       train: MaskReport | None,
                       val: MaskReport | None) -> list[Stand]:
    """Propose seen classes whose words are nearest to unseen ones.

    Args:
        split: Without validation classes.
        words: Class vectors, as in an experiment.
        found: How each class finds its vector.
        train: Masks to train on, if they were read.
        val: Masks to score on.

    Returns:
        At most as many as there are unseen classes, and at most one for
        four seen classes; none if no seen class has enough images.
    """
    unseen, seen = _with_vectors(split, found)
    able = [name for name in seen
            if _enough(split.ids([name])[0], train, val)]
    number = min(len(unseen), max(len(seen) // _SEEN_TO_ONE, 1),
                 len(seen) - 1)
    if not able or number < 1:
        return []
    vectors = load_embeddings(words, [*unseen, *able]).vectors  # type: ignore
    cosine = vectors[len(unseen):] @ vectors[:len(unseen)].T
    nearest = np.argsort(-cosine.max(1), kind='stable')[:number]
    return [Stand(able[i], unseen[cosine[i].argmax()],
                  float(cosine[i].max()), _images(able[i], split, train))
            for i in nearest]


def why_none(split: ClassSplit, found: Sequence[ClassWords],
             train: MaskReport | None, val: MaskReport | None) -> str:
    """Say why no class was proposed, in half a sentence.

    Args:
        split: As of :func:`propose_validation`.
        found: Likewise.
        train: Likewise.
        val: Likewise.
    """
    unseen, seen = _with_vectors(split, found)
    if not unseen:
        return 'no unseen class has a vector'
    if len(seen) < 2:
        return (f'{", ".join(seen) or "none"} is all that is seen and has a '
                'vector, and a class must stay seen')
    parts = [(report, least, loop) for report, least, loop in (
        (train, _TRAIN_IMAGES, 'train'), (val, _VAL_IMAGES, 'val')) if report]
    best = max(seen, key=lambda name: min(
        _count(name, split, report) / least for report, least, _ in parts))
    needed = ' and '.join(f'{least} {loop}' for _, least, loop in parts)
    has = ' and '.join(f'{_images(best, split, report)} {loop}'
                       for report, _, loop in parts)
    return (f'at least {needed} images must hold a class, and no seen one '
            f'with a vector has so many; {best} comes nearest with {has}')


def _with_vectors(split: ClassSplit, found: Sequence[ClassWords]
                  ) -> tuple[list[str], list[str]]:
    """Return the unseen and the seen classes that could be compared."""
    has_vector = {one.name for one in found if one.rows}
    return ([name for name in split.unseen if name in has_vector],
            [name for name in split.seen
             if name in has_vector and not is_rest(name)])


def _count(name: str, split: ClassSplit, report: MaskReport) -> float:
    """Estimate how many images hold a class."""
    held = int(report.images[split.ids([name])[0]])
    return held * report.total / max(report.read, 1)


def _enough(class_id: int, train: MaskReport | None,
            val: MaskReport | None) -> bool:
    """Whether enough images hold a class, estimated from a sample."""
    return all(
        report is None
        or report.images[class_id] * report.total >= least * report.read
        for report, least in ((train, _TRAIN_IMAGES), (val, _VAL_IMAGES)))


def _images(name: str, split: ClassSplit, train: MaskReport | None) -> str:
    if train is None:
        return ''
    return train.scaled(int(train.images[split.ids([name])[0]]))
