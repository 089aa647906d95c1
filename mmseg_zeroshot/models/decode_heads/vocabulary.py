"""Class names and vectors of a head: kept in checkpoints, changed at will."""
from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from mmengine.model import BaseModule
from torch import Tensor

from mmseg_zeroshot.semantics import (
    ClassEmbeddings,
    ClassSplit,
    load_embeddings,
    resolve,
)
from mmseg_zeroshot.semantics.same_space import check_same_space
from mmseg_zeroshot.utils.stored_names import (
    NAMES_KEY,
    encode_names,
    stored_names,
)

Embeddings = str | Sequence[str]


class Vocabulary(BaseModule):
    """The part of a head that knows its classes, by name and by vector.

    Names and vectors are buffers, so that checkpoints hold them. Classes may
    be added, dropped and renamed after the training; ids of the others stay.

    :class:`ZeroShotSegmentor` has the same three methods and also keeps its
    own number of classes and its metainfo up to date: call those.
    """

    learns_classifier = False
    """Whether an added class must be learned before it is predicted."""

    split: ClassSplit
    normalize: str
    class_vectors: Tensor

    @property
    def num_classes(self) -> int:
        """Number of classes K, ignored ones included."""
        return self.split.num_classes

    @property
    def class_embeddings(self) -> ClassEmbeddings:
        """Class names and vectors (K, d) that the head works with."""
        return ClassEmbeddings(self.split.classes,
                               self.class_vectors.cpu().numpy())

    def add_class(self, name: str, vector: Tensor | None = None,
                  embeddings: Embeddings | None = None) -> str:
        """Add an unseen class to a trained head, or take an ignored one back.

        Args:
            name: The new class, or an ignored one in any spelling. A new
                class gets the next free id.
            vector: (d, ) the class vector of a new class, already
                normalised; or
            embeddings: the table to take it from, as in the constructor. It
                must be the table of the training, or hold its words too.

        Returns:
            The name as the head has it.

        Raises:
            ValueError: The class is there already or has no vector, both or
                none of ``vector`` and ``embeddings`` are given for a new
                class, or the vectors are of another table or width.
        """
        known = self._known(name)
        if known is None:
            self._append(name, self._new_row(name, vector, embeddings))
            return name
        if known not in self.split.ignored:
            raise ValueError(f'class {name!r} is there already'
                             + (f', as {known!r}' if known != name else ''))
        split = ClassSplit(
            classes=self.split.classes, unseen=(*self.split.unseen, known),
            ignored=tuple(n for n in self.split.ignored if n != known),
            name=self.split.name)
        self._make_room(split)
        self.split = split
        return known

    def drop_classes(self, names: Iterable[str]) -> tuple[str, ...]:
        """Predict some classes no longer: they become ignored.

        Args:
            names: Classes in any spelling.

        Returns:
            Their names as the head has them.

        Raises:
            ValueError: A class is unknown, or no seen class would be left.
        """
        split = self.split
        gone = [resolve(name, split.classes) for name in names]
        unseen = tuple(name for name in split.unseen if name not in gone)
        self.split = ClassSplit(
            classes=split.classes, unseen=unseen,
            ignored=tuple({*split.ignored, *gone}), name=split.name,
            fully_supervised=not unseen)
        return tuple(gone)

    def rename_classes(self, names: Mapping[str, str]) -> None:
        """Give classes other names; their vectors and scores stay.

        Args:
            names: New name by old one.

        Raises:
            ValueError: A class is unknown, or a new name is taken.
        """
        split = self.split
        new = {resolve(old, split.classes): name
               for old, name in names.items()}

        def renamed(group: Iterable[str]) -> tuple[str, ...]:
            return tuple(new.get(name, name) for name in group)

        table = ClassEmbeddings(renamed(split.classes),
                                self.class_embeddings.vectors)
        self.split = ClassSplit(
            classes=table.classes, unseen=renamed(split.unseen),
            ignored=renamed(split.ignored), name=split.name,
            fully_supervised=split.fully_supervised)
        self._set_vocabulary(table)

    def _known(self, name: str) -> str | None:
        """Return the class that a name means, None if it is new."""
        try:
            return resolve(name, self.split.classes)
        except ValueError:
            return None

    def _append(self, name: str, row: np.ndarray) -> None:
        """Give a new class the next free id."""
        table = self.class_embeddings.with_class(name, row)
        split = self.split.with_unseen_class(name)
        self._make_room(split)
        self.split = split
        self._set_vocabulary(table)

    def _make_room(self, split: ClassSplit) -> None:
        """Prepare for a split with more unseen classes, or refuse it.

        A class that is scored by its vector needs nothing.
        """

    def _new_row(self, name: str, vector: Tensor | None,
                 embeddings: Embeddings | None) -> np.ndarray:
        """Return a new class's vector, scaled as the head's others are."""
        if (vector is None) == (embeddings is None):
            raise ValueError(
                f'give either a vector or the embeddings for {name!r}')
        if vector is not None:
            return vector.cpu().numpy()
        assert embeddings is not None
        if self.normalize == 'max':
            raise ValueError(
                f"normalize='max' scales all vectors by the largest: give "
                f'the scaled vector of {name!r} instead of the embeddings')
        check_same_space(self.class_embeddings, embeddings)
        return load_embeddings(
            embeddings, [name], normalize=self.normalize).vectors[0]

    def _set_vocabulary(self, embeddings: ClassEmbeddings) -> None:
        """Hold names and vectors as buffers, so that checkpoints do too."""
        # None at first for a host without weights: the backbone's features.
        present = itertools.chain(self.parameters(), self.buffers())
        device = next((tensor.device for tensor in present), None)
        vectors = torch.from_numpy(embeddings.vectors.copy())
        names = encode_names(embeddings.classes)
        self.register_buffer('class_vectors', vectors.to(device))
        self.register_buffer(NAMES_KEY, names.to(device))


def check_vocabulary(state_dict: Mapping[str, Tensor], prefix: str,
                     ours: ClassEmbeddings) -> None:
    """Check that a zero-shot checkpoint has the names and vectors of a head.

    Args:
        state_dict: The checkpoint's tensors.
        prefix: Where the head's keys begin.
        ours: (K, d) names and vectors of the head.

    Raises:
        ValueError: Other names, another order or other vectors.
    """
    stored = stored_names(state_dict, prefix) or ()
    if stored != ours.classes:
        differing = sorted(set(stored) ^ set(ours.classes))
        raise ValueError(
            'the checkpoint has another vocabulary than the head: '
            f'{len(stored)} against {len(ours)} classes, '
            f'{differing[:5] or "in another order"}; build the head with '
            'the split and classes that it was trained with')
    vectors = state_dict[prefix + 'class_vectors'].cpu().float()
    expected = torch.from_numpy(ours.vectors.copy())
    if vectors.shape != expected.shape or not torch.allclose(
            vectors, expected, atol=1e-5):
        raise ValueError(
            f'the checkpoint holds other class vectors '
            f'{tuple(vectors.shape)} than the head {tuple(expected.shape)}: '
            'set `embeddings` (and `normalize`) to those it was trained with')
