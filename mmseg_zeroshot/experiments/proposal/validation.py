"""Seen classes that may stand in for unseen ones."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mmseg_zeroshot.semantics import ClassSplit, load_embeddings

from ..inspection import ClassWords, MaskReport, is_rest

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
    has_vector = {one.name for one in found if one.rows}
    unseen = [name for name in split.unseen if name in has_vector]
    seen = [name for name in split.seen
            if name in has_vector and not is_rest(name)]
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
