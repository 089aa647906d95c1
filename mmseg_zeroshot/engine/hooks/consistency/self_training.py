"""Pseudo-labels, head, label and checkpoint of a run must agree."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mmengine.runner import Runner

from mmseg_zeroshot.engine.hooks.runner_access import zero_shot_head
from mmseg_zeroshot.results.record import Variant

from .supervision import LABEL_KEY, check_label

LABEL = 'self-training'
_MAY_USE = (LABEL, 'oracle')


def pseudo_variant(metas: Iterable[Mapping[str, Any]]) -> Variant:
    """Return what sets a self-trained run apart: ``p``, and later rounds.

    Args:
        metas: Metainfo of the data sets that the model was trained on.

    Returns:
        Entries of a results record's ``variant``; none without
        pseudo-labels.
    """
    for meta in metas:
        pseudo = meta.get('pseudo_labels')
        if pseudo is not None:
            later = pseudo['round'] > 1
            return dict(p=pseudo['p'],
                        **({'round': pseudo['round']} if later else {}))
    return {}


def check_pseudo_data(runner: Runner, meta: Mapping[str, Any],
                      label: str) -> None:
    """Compare a training data set's pseudo-labels with the run.

    Args:
        runner: The runner.
        meta: Metainfo of the data set, with or without pseudo-labels.
        label: The run's label.

    Raises:
        ValueError: The label does not permit pseudo-labels, or not those of
            a model that used more supervision; or the head leaves unseen
            classes out.
    """
    pseudo = meta.get('pseudo_labels')
    if pseudo is None:
        return
    place = f'pseudo-labels {pseudo["path"]}'
    if label not in _MAY_USE:
        raise ValueError(
            f'ConsistencyHook: {place} come from unlabelled images with '
            f'unseen classes, but the label is {label!r}; set '
            f'label={LABEL!r} in ZeroShotResultsHook')
    try:
        check_label({LABEL_KEY: pseudo['label']}, label)
    except ValueError as error:
        raise ValueError(f'{error} (the model that made {place})') from None
    head = zero_shot_head(runner.model)
    if head is not None and not getattr(head, 'trains_unseen', False):
        raise ValueError(
            f'ConsistencyHook: {place} are labels of unseen classes, which '
            f'decode_head ({type(head).__name__}) leaves out of its loss; '
            "set phase='self-training' or trains_unseen=True there")
