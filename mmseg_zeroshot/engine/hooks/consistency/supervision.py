"""What supervision the weights of a checkpoint have used."""
from __future__ import annotations

import re
from collections.abc import Iterable
from logging import Logger

from mmseg_zeroshot.semantics import ClassSplit, canonical
from mmseg_zeroshot.semantics.supervision import (
    Supervision,
    least_permitting,
)
from mmseg_zeroshot.utils.typing_utils import Metainfo

SUPERVISION_KEY = 'zero_shot_supervision'
"""Where a checkpoint's ``meta`` has the supervision of its run."""

_KEY_OF_0_1 = 'zero_shot_label'
_HEAD = re.compile(r'(^|\.)(decode|auxiliary)_head\.')


def stored_supervision(meta: Metainfo) -> str | None:
    """Return the supervision that a checkpoint states.

    Args:
        meta: The checkpoint's ``meta``, of this version or of 0.1.0.

    Returns:
        Its name; None if the checkpoint states none.
    """
    return meta.get(SUPERVISION_KEY, meta.get(_KEY_OF_0_1))


def check_supervision(stored: str | None, supervision: Supervision) -> None:
    """Refuse weights that used more supervision than this run states.

    Args:
        stored: That of the weights; None is not compared.
        supervision: This run's.

    Raises:
        ValueError: The run may not load weights of that supervision.
    """
    if stored is None or supervision.may_load(stored):
        return
    allowed = ' or '.join(map(repr, supervision.loads or ()))
    raise ValueError(
        'ConsistencyHook: the checkpoint was trained under supervision='
        f'{stored!r} and this run has supervision={supervision.name!r}, which '
        f'may load {allowed} only; load another checkpoint or set '
        f'supervision={stored!r} in ZeroShotResultsHook')


def check_masks(mode: str | None, trained: ClassSplit, split: ClassSplit,
                supervision: Supervision) -> None:
    """Refuse weights that were trained on masks of an unseen class.

    Args:
        mode: ``split_mode`` of the data set that was trained on.
        trained: Its split.
        split: The split of this run.
        supervision: This run's.

    Raises:
        ValueError: The mode kept labels of a class that is unseen here, and
            the supervision does not permit it.
    """
    used = [name for name in split.unseen if name in trained.unseen]
    few = mode == 'few'
    permitted = supervision.unseen_masks or (few and supervision.few_labels)
    if mode not in ('keep', 'few') or not used or permitted:
        return
    least = least_permitting('few_labels' if few else 'unseen_masks')
    raise ValueError(
        f'ConsistencyHook: the checkpoint was trained with split_mode={mode!r}'
        f', that is with masks of {", ".join(used)}, which split '
        f'{split.name!r} calls unseen and supervision={supervision.name!r} '
        "does not permit; load one that was trained with mode='ignore' or "
        f"mode='drop', or set supervision={least!r} in ZeroShotResultsHook")


def check_unstated(state: Iterable[str], classes: Iterable[str],
                   split: ClassSplit, *, supervision: Supervision,
                   trust: bool, logger: Logger) -> None:
    """Refuse weights that do not say which labels they were trained on.

    A backbone alone passes: it is not trained on label maps.

    Args:
        state: Names of the checkpoint's weights.
        classes: Names of the classes that it was trained on, if it has them.
        split: The split of this run.
        supervision: This run's.
        trust: Whether the config vouches for the checkpoint.
        logger: Told about unseen classes among ``classes``.

    Raises:
        ValueError: There are weights of a head and nobody vouches for them.
    """
    known = {canonical(name) for name in classes}
    used = [name for name in split.unseen if canonical(name) in known]
    if not (trust or supervision.unseen_masks) and any(
            map(_HEAD.search, state)) and split.unseen:
        raise ValueError(
            'ConsistencyHook: the checkpoint has weights of a decode head '
            'and no split in meta.dataset_meta, so it may have been trained '
            f'with labels of {", ".join((used or split.unseen)[:5])}, which '
            f'split {split.name!r} calls unseen '
            f'(supervision={supervision.name!r}). If no label of an unseen '
            'class was used, say so in the config: '
            "dict(type='ConsistencyHook', trust_checkpoint=True)")
    if used:
        logger.warning(
            f'The checkpoint was trained on a data set with the classes '
            f'{", ".join(used)}, which split {split.name!r} calls unseen: '
            'results are zero-shot only if their labels were left out.')
