"""Data sets of a run have its split and show what its supervision permits."""
from __future__ import annotations

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.semantics.supervision import (
    Supervision,
    least_permitting,
)
from mmseg_zeroshot.utils.typing_utils import Metainfo


def check_same(first: tuple[str, ClassSplit], second: tuple[str, ClassSplit],
               supervision: Supervision) -> None:
    """Compare two splits, each with the place that it comes from.

    Args:
        first: Where a split is set in the config, and the split.
        second: The same of another.
        supervision: The run's; it may permit a split without unseen
            classes.

    Raises:
        ValueError: Classes, ignored or unseen ones differ.
    """
    (place, ours), (other_place, theirs) = first, second
    groups = ['classes', 'ignored', 'unseen']
    if supervision.unseen_as_seen and (ours.fully_supervised
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


def check_mode(loop: str, meta: Metainfo, split: ClassSplit,
               supervision: Supervision) -> None:
    """Training data hides unseen labels, evaluation data keeps them.

    Args:
        loop: ``'train'``, ``'val'`` or ``'test'``.
        meta: Metainfo of the loop's data set.
        split: Its split.
        supervision: The run's.

    Raises:
        ValueError: The mode is not one for this loop.
    """
    mode = meta.get('split_mode')
    # ZS3Net's released code lays generated features out by true masks.
    if mode is None or not split.unseen or supervision.unseen_masks:
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


def check_layouts(meta: Metainfo,
                  supervision: Supervision) -> None:
    """Compare a training data set's layouts with the run's supervision.

    Args:
        meta: Metainfo of the data set; ``layouts`` where it has some.
        supervision: The run's.

    Raises:
        ValueError: Label maps that show unseen classes are the layouts and
            the supervision does not permit it.
    """
    layouts = meta.get('layouts', 'strict')
    if layouts != 'strict' and not supervision.true_layouts:
        raise ValueError(
            f'ConsistencyHook: train_dataloader.dataset takes its layouts '
            f'from {layouts} that show unseen classes, which supervision='
            f"{supervision.name!r} does not permit; set layouts='strict' "
            f"there, or supervision={least_permitting('true_layouts')!r} in "
            'ZeroShotResultsHook')


def _difference(one: tuple[str, ...], two: tuple[str, ...]) -> str:
    names = [name for name in (*one, *two) if (name in one) != (name in two)]
    return ', '.join(names[:5]) or 'the order'
