"""On which classes gamma may be chosen."""
from __future__ import annotations

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.typing_utils import Checkpoint

ROLES = ('validation', 'oracle')
"""What a split's unseen classes are: held-out ones, or the real ones."""


def check_role(split: ClassSplit | None, role: str) -> ClassSplit:
    """Refuse to tune on real unseen classes unasked.

    Args:
        split: The head's split.
        role: 'validation' or 'oracle'.

    Returns:
        The split.

    Raises:
        ValueError: The head has no split, or it is not of this role.
    """
    if split is None:
        raise ValueError('decode_head has no split; gamma is for '
                         'zero-shot heads')
    if role == 'validation' and not split.held_out:
        raise ValueError(
            f"split {split.name!r} holds no validation classes "
            f'out; its unseen classes ({", ".join(split.unseen[:5])}) are '
            "the real ones. Train with the split's '-cv' variant, or with "
            'hold_out=True in a split of your own, and choose gamma there, '
            'or ask for an upper bound with --split-role oracle')
    if role == 'oracle' and split.held_out:
        raise ValueError(
            f'split {split.name!r} holds validation classes out; '
            'leave out --split-role oracle')
    return split


def check_training(checkpoint: Checkpoint, split: ClassSplit,
                   path: str) -> None:
    """Make sure that the model has not been trained on the unseen classes.

    Args:
        checkpoint: As loaded.
        split: The head's split.
        path: Its file, for messages.

    Raises:
        ValueError: It was, or the checkpoint does not say.
    """
    meta = (checkpoint.get('meta') or {}).get('dataset_meta') or {}
    if 'split' not in meta:
        raise ValueError(
            f'{path} does not say which classes it was trained '
            'on; use a checkpoint that was trained with ZeroShotDataset')
    trained = ClassSplit.from_dict(meta['split'])
    leaked = [name for name in split.unseen if name in trained.seen]
    if leaked:
        raise ValueError(
            f'{path} was trained with labels of '
            f'{", ".join(leaked)} (split {trained.name!r}); gamma must be '
            'chosen on classes that the model has not been trained on')
