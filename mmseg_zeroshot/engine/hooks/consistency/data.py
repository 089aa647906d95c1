"""Data sets of a run have its split and show what its label permits."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmseg_zeroshot.semantics import ClassSplit

_MAY_SHOW = ('paper', 'released', 'oracle')


def check_same(first: tuple[str, ClassSplit], second: tuple[str, ClassSplit],
               label: str) -> None:
    """Compare two splits, each with the place that it comes from.

    Args:
        first: Where a split is set in the config, and the split.
        second: The same of another.
        label: The run's label; ``'oracle'`` permits one without unseen
            classes.

    Raises:
        ValueError: Classes, ignored or unseen ones differ.
    """
    (place, ours), (other_place, theirs) = first, second
    groups = ['classes', 'ignored', 'unseen']
    if label == 'oracle' and (ours.fully_supervised
                              or theirs.fully_supervised):
        groups.remove('unseen')
    for group in groups:
        one, two = getattr(ours, group), getattr(theirs, group)
        if one != two:
            raise ValueError(
                f'ConsistencyHook: {place} has split {ours.name!r} and '
                f'{other_place} has {theirs.name!r}: {_difference(one, two)} '
                f'differs in {group!r}. Name the split once in the config '
                'and use it in both places')


def check_mode(loop: str, meta: Mapping[str, Any], split: ClassSplit,
               label: str) -> None:
    """Training data hides unseen labels, evaluation data keeps them.

    Args:
        loop: ``'train'``, ``'val'`` or ``'test'``.
        meta: Metainfo of the loop's data set.
        split: Its split.
        label: The run's label.

    Raises:
        ValueError: The mode is not one for this loop.
    """
    mode = meta.get('split_mode')
    # ZS3Net's released code lays generated features out by true masks.
    if mode is None or not split.unseen or label in ('oracle', 'released'):
        return
    if loop == 'train' and mode == 'keep':
        raise ValueError(
            "ConsistencyHook: train_dataloader.dataset has mode 'keep', so "
            f'labels of unseen classes ({", ".join(split.unseen[:3])} …) '
            "would be trained; use mode='ignore' or mode='drop'")
    if loop != 'train' and mode != 'keep':
        raise ValueError(
            f'ConsistencyHook: {loop}_dataloader.dataset has mode {mode!r}, '
            "so unseen classes could not be scored; use mode='keep'")


def check_layouts(meta: Mapping[str, Any], label: str) -> None:
    """Compare a training data set's layouts with the run's label.

    Args:
        meta: Metainfo of the data set; ``layouts`` where it has some.
        label: The run's label.

    Raises:
        ValueError: Label maps that show unseen classes are the layouts and
            the label is not one of those that permit it.
    """
    layouts = meta.get('layouts', 'strict')
    if layouts != 'strict' and label not in _MAY_SHOW:
        raise ValueError(
            f'ConsistencyHook: train_dataloader.dataset takes its layouts '
            f'from {layouts} that show unseen classes, which label='
            f"{label!r} does not permit; set layouts='strict' there, or "
            "label='paper' in ZeroShotResultsHook")


def _difference(one: tuple[str, ...], two: tuple[str, ...]) -> str:
    names = [name for name in (*one, *two) if (name in one) != (name in two)]
    return ', '.join(names[:5]) or 'the order'
