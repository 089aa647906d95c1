"""Another vocabulary for a trained model: classes added, dropped, renamed."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mmseg_zeroshot.semantics import (
    ClassEmbeddings,
    ClassSplit,
    load_embeddings,
    resolve,
)

from .feature_sets import FeatureSets

Embeddings = str | Sequence[str]
# Vectors of one word are equal at this cosine; so many words are compared.
_SAME, _COMPARED = 0.99, 10
# Colours of added classes, in turn.
_COLORS = ((255, 0, 255), (0, 255, 255), (255, 255, 0), (255, 105, 0),
           (0, 255, 0), (140, 0, 255))


def drop_classes(model: Any, names: Iterable[str]) -> tuple[str, ...]:
    """Let a model predict some classes no longer.

    They become ignored: ids and order of all others stay.

    Args:
        model: A :class:`ZeroShotSegmentor`.
        names: Classes in any spelling.

    Returns:
        Their names as the model has them.

    Raises:
        ValueError: A class is unknown, or no seen class would be left.
    """
    head = _head(model)
    split = head.split
    gone = [resolve(name, split.classes) for name in names]
    unseen = [name for name in split.unseen if name not in gone]
    head.split = ClassSplit(
        classes=split.classes, unseen=tuple(unseen),
        ignored=tuple({*split.ignored, *gone}), name=split.name,
        fully_supervised=not unseen)
    return tuple(gone)


def rename_classes(model: Any, names: Mapping[str, str]) -> None:
    """Give classes of a model other names; their scores stay.

    Args:
        model: A :class:`ZeroShotSegmentor`.
        names: New name by old one.

    Raises:
        ValueError: A class is unknown, or a new name is taken.
    """
    head = _head(model)
    split, vectors = head.split, head.class_embeddings.vectors
    new = {resolve(old, split.classes): name for old, name in names.items()}

    def renamed(group: Iterable[str]) -> tuple[str, ...]:
        return tuple(new.get(name, name) for name in group)

    table = ClassEmbeddings(renamed(split.classes), vectors)
    head.split = ClassSplit(
        classes=table.classes, unseen=renamed(split.unseen),
        ignored=renamed(split.ignored), name=split.name,
        fully_supervised=split.fully_supervised)
    head._set_vocabulary(table)
    _publish(model)


def add_classes(model: Any, names: Iterable[str],
                embeddings: Embeddings) -> tuple[str, ...]:
    """Let a model predict more classes, by their names.

    An ignored class is taken back, under its own id; others get the next
    free ids. A head that learns its classifier needs
    :func:`retrain_classifier` afterwards.

    Args:
        model: A :class:`ZeroShotSegmentor`.
        names: New classes, or ignored ones in any spelling.
        embeddings: Where their vectors come from: a shipped name, ``.npz``
            files, or a list. Must be the table that the model was trained
            with, or hold its words too.

    Returns:
        The names as the model has them.

    Raises:
        ValueError: A class is there already or has no vector (the nearest
            names are listed), or the vectors are of another table.
    """
    head = _head(model)
    return tuple(_add(model, head, name, embeddings) for name in names)


def needs_training(model: Any) -> bool:
    """Whether added classes have to be learned by the model's classifier."""
    return isinstance(getattr(_head(model), 'classifier', None), nn.Conv2d)


def retrain_classifier(model: Any, steps: Iterable[FeatureSets], *,
                       iterations: int,
                       learning_rate: float = 0.001) -> dict[str, float]:
    """Run ZS3Net's step 2 again, for a vocabulary that has been changed.

    The classifier goes on from its own weights, on real features of seen
    and generated features of unseen classes (section 2.2); extractor and
    generator stay.

    Args:
        model: Its head learns a classifier and has a generator.
        steps: Real features of seen classes, at least ``iterations`` of
            them; sets of dropped classes are left out.
        iterations: Number of steps.
        learning_rate: Of Adam, falling to 0 linearly.

    Returns:
        Accuracy on ``seen`` and ``generated`` features in the last step, in
        percent.

    Raises:
        ValueError: The head learns from graphs, or has no unseen class.
    """
    head = _head(model)
    _check_trainable(head)
    head.phase, head.recursion = 'classifier', None
    head.generator.requires_grad_(False)
    parameters = list(head.classifier.requires_grad_(True).parameters())
    optimizer = torch.optim.Adam(parameters, lr=learning_rate)
    schedule = torch.optim.lr_scheduler.LinearLR(
        optimizer, 1.0, 0.0, total_iters=iterations)
    # As in step 2: the generator's dropout is part of its noise.
    head.generator.train()
    losses: dict[str, Tensor] = {}
    for _, sets in zip(range(iterations), steps):
        losses = head.loss_of_sets(_kept(sets, head.split.seen_ids))
        optimizer.zero_grad()
        losses['loss_classifier'].backward()
        optimizer.step()
        schedule.step()
    model.eval()
    return dict(seen=float(losses['acc_seen']),
                generated=float(losses['acc_generated']))


def _head(model: Any) -> Any:
    head = model.decode_head
    if getattr(head, 'split', None) is None:
        raise ValueError(
            f'{type(head).__name__} is no zero-shot head: its classes are '
            'fixed. Train one of configs/spnet or configs/zs3net')
    return head


def _add(model: Any, head: Any, name: str, embeddings: Embeddings) -> str:
    known, before = _known(name, head.split.classes), head.split
    if known is None:
        check_same_space(head, embeddings)
        table = head.class_embeddings.with_class(
            name, head._load_row(name, embeddings))
        _grow_classifier(head, 1)
        head.split = head.split.with_unseen_class(name)
        head._set_vocabulary(table)
    elif known in before.ignored:
        head.split = ClassSplit(
            classes=before.classes, unseen=(*before.unseen, known),
            ignored=tuple(n for n in before.ignored if n != known),
            name=before.name)
    else:
        raise ValueError(f'class {name!r} is there already'
                         + (f', as {known!r}' if known != name else ''))
    _set_prior(head, before)
    _publish(model)
    return known or name


def _known(name: str, classes: Sequence[str]) -> str | None:
    """Return the class that a name means, None if it is new."""
    try:
        return resolve(name, classes)
    except ValueError:
        return None


def _set_prior(head: Any, before: ClassSplit) -> None:
    """Let the default share of an unseen class follow their number."""
    prior = getattr(head, 'unseen_prior', None)
    if prior is None:
        return
    trained = len(before.seen_ids) + len(before.unseen_ids)
    is_default = abs(prior * trained - 1) < 1e-9
    head.unseen_prior = head._checked_prior(None if is_default else prior)


def check_same_space(head: Any, embeddings: Embeddings) -> None:
    """Raise if a table has other vectors for the words of a head.

    Args:
        head: A zero-shot head.
        embeddings: The table; without a word of the head's it passes.

    Raises:
        ValueError: All words that both have differ; one is named, with the
            cosine of its two vectors.
    """
    ours = head.class_embeddings
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


def _grow_classifier(head: Any, count: int) -> None:
    """Give a learned classifier rows for new classes; ones as at start."""
    old = getattr(head, 'classifier', None)
    if not isinstance(old, nn.Conv2d):
        return
    _check_trainable(head, adding=True)
    assert old.bias is not None
    new = nn.Conv2d(old.in_channels, old.out_channels + count, 1)
    rows = torch.randn(count, *old.weight.shape[1:]).to(old.weight) * 0.01
    new.weight = nn.Parameter(torch.cat([old.weight.detach(), rows]))
    new.bias = nn.Parameter(
        torch.cat([old.bias.detach(), old.bias.new_zeros(count)]))
    head.classifier = new


def _check_trainable(head: Any, adding: bool = False) -> None:
    generator = getattr(head, 'generator', None)
    if generator is None or getattr(generator, 'takes_graphs', False):
        raise ValueError(
            f'{type(head).__name__} learns its classifier in a way that '
            'cannot be repeated here: name the classes in its split and '
            'train its last step again')
    if not (adding or head.split.unseen):
        raise ValueError('there is no unseen class to train for')


def _kept(sets: FeatureSets, class_ids: Sequence[int]) -> FeatureSets:
    """Return the sets of classes that are still there."""
    kept = torch.isin(sets.class_ids, sets.class_ids.new_tensor(class_ids))
    frequency = sets.frequency[kept]
    return sets._replace(
        features=sets.features[kept], class_ids=sets.class_ids[kept],
        frequency=frequency / frequency.sum())


def _publish(model: Any) -> None:
    """Tell the segmentor and its metainfo about the head's classes."""
    head = model.decode_head
    model.num_classes = model.out_channels = head.num_classes
    meta = getattr(model, 'dataset_meta', None)
    if meta is None:
        return
    meta['classes'] = head.split.classes
    palette = [list(color) for color in meta.get('palette') or []]
    if palette:
        meta['palette'] = palette + [
            list(_COLORS[i % len(_COLORS)])
            for i in range(len(palette), head.num_classes)]
