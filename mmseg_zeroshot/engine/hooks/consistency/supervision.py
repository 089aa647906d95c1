"""What supervision the weights of a checkpoint have used."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from logging import Logger
from typing import Any

from mmseg_zeroshot.semantics import ClassSplit, canonical

LABEL_KEY = 'zero_shot_label'
"""Where a checkpoint's ``meta`` has the label of the run that wrote it."""

# Labels of runs that a run may start from; all, where a label is not here.
_MAY_LOAD = {
    'strict': ('strict', ),
    'paper': ('strict', 'paper'),
    'self-training': ('strict', 'self-training'),
    'few-label': ('strict', 'few-label'),
}
# Labels under which masks of unseen classes may have been used.
_USE_MASKS = ('released', 'oracle')
_HEAD = re.compile(r'(^|\.)(decode|auxiliary)_head\.')


def check_label(meta: Mapping[str, Any], label: str) -> None:
    """Refuse weights that used more supervision than this run states.

    Args:
        meta: The checkpoint's ``meta``; without a label, none is compared.
        label: This run's label.

    Raises:
        ValueError: The checkpoint's label is not as strict as the run's.
    """
    stored = meta.get(LABEL_KEY)
    allowed = _MAY_LOAD.get(label)
    if stored is None or allowed is None or stored in allowed:
        return
    raise ValueError(
        f'ConsistencyHook: the checkpoint was trained under label={stored!r} '
        f'and this run has label={label!r}, which may load '
        f'{" or ".join(map(repr, allowed))} only; load another checkpoint or '
        f'set label={stored!r} in ZeroShotResultsHook')


def check_masks(mode: str | None, trained: ClassSplit, split: ClassSplit,
                label: str) -> None:
    """Refuse weights that were trained on masks of an unseen class.

    Args:
        mode: ``split_mode`` of the data set that was trained on.
        trained: Its split.
        split: The split of this run.
        label: This run's label.

    Raises:
        ValueError: The mode kept labels of a class that is unseen here, and
            the label does not say so.
    """
    used = [name for name in split.unseen if name in trained.unseen]
    few = mode == 'few' and label == 'few-label'
    if mode not in ('keep', 'few') or not used or few or label in _USE_MASKS:
        return
    raise ValueError(
        f'ConsistencyHook: the checkpoint was trained with split_mode={mode!r}'
        f', that is with masks of {", ".join(used)}, which split '
        f'{split.name!r} calls unseen and label={label!r} does not permit; '
        "load one that was trained with mode='ignore' or mode='drop', or set "
        f"label={'few-label' if mode == 'few' else 'released'!r} in "
        'ZeroShotResultsHook')


def check_unstated(state: Iterable[str], classes: Iterable[str],
                   split: ClassSplit, *, label: str, trust: bool,
                   logger: Logger) -> None:
    """Refuse weights that do not say which labels they were trained on.

    A backbone alone passes: it is not trained on label maps.

    Args:
        state: Names of the checkpoint's weights.
        classes: Names of the classes that it was trained on, if it has them.
        split: The split of this run.
        label: This run's label.
        trust: Whether the config vouches for the checkpoint.
        logger: Told about unseen classes among ``classes``.

    Raises:
        ValueError: There are weights of a head and nobody vouches for them.
    """
    known = {canonical(name) for name in classes}
    used = [name for name in split.unseen if canonical(name) in known]
    if not (trust or label in _USE_MASKS) and any(
            map(_HEAD.search, state)) and split.unseen:
        raise ValueError(
            'ConsistencyHook: the checkpoint has weights of a decode head '
            'and no split in meta.dataset_meta, so it may have been trained '
            f'with labels of {", ".join((used or split.unseen)[:5])}, which '
            f'split {split.name!r} calls unseen (label={label!r}). If no '
            'label of an unseen class was used, say so in the config: '
            "dict(type='ConsistencyHook', trust_checkpoint=True)")
    if used:
        logger.warning(
            f'The checkpoint was trained on a data set with the classes '
            f'{", ".join(used)}, which split {split.name!r} calls unseen: '
            'results are zero-shot only if their labels were left out.')
