"""Data, head, supervision and checkpoint of a few-label run must agree."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmengine.runner import Runner

from mmseg_zeroshot.engine.hooks.runner_access import (
    data_sets,
    metainfo,
    zero_shot_head,
)
from mmseg_zeroshot.results.record import Variant
from mmseg_zeroshot.semantics.supervision import (
    Supervision,
    least_permitting,
)
from mmseg_zeroshot.utils.typing_utils import Metainfo

MODE = 'few'
"""``split_mode`` of a data set that shows few labels."""


def run_variant(runner: Runner) -> Variant:
    """Return ``variant`` of the run's results hook, empty without one."""
    for hook in runner.hooks:
        variant = getattr(hook, 'variant', None)
        if isinstance(variant, dict):
            return variant
    return {}


def check_few_data(runner: Runner, meta: Metainfo,
                   supervision: Supervision) -> None:
    """Compare a training data set with the run's supervision and head.

    Args:
        runner: The runner.
        meta: Metainfo of the data set, which may draw few labels or not.
        supervision: The run's.

    Raises:
        ValueError: The data set shows labels of unseen classes and the
            supervision does not say so, or the other way round; the n that
            is stated is not the data set's; the head leaves out what is shown.
    """
    few = meta.get('split_mode') == MODE
    if not few and supervision.states_n:
        raise ValueError(
            f'ConsistencyHook: supervision={supervision.name!r}, but '
            'train_dataloader.dataset '
            f"has mode {meta.get('split_mode')!r}; set mode='few' there")
    if not few:
        return
    if not supervision.few_labels:
        raise ValueError(
            "ConsistencyHook: train_dataloader.dataset has mode 'few', which "
            'shows labels of unseen classes, but the supervision is '
            f'{supervision.name!r}; set supervision='
            f'{least_permitting("few_labels")!r} in ZeroShotResultsHook')
    number = meta['few_label']['num_images']
    if supervision.states_n and run_variant(runner).get('n') != number:
        raise ValueError(
            f'ConsistencyHook: {number} images of each class are drawn, but '
            f'ZeroShotResultsHook has variant={run_variant(runner)}; set '
            f'variant=dict(n={number}) there')
    head = zero_shot_head(runner.model)
    if head is not None and not getattr(head, 'trains_unseen', False):
        raise ValueError(
            'ConsistencyHook: few-label data shows labels of unseen classes, '
            'which decode_head leaves out of its loss; set '
            'decode_head.trains_unseen=True')


def check_few_checkpoint(runner: Runner, data: Metainfo,
                         supervision: Supervision, *,
                         training: bool) -> None:
    """Compare the drawn images of a checkpoint with those of this run.

    Args:
        runner: The runner.
        data: ``dataset_meta`` of the checkpoint.
        supervision: The run's.
        training: Whether the checkpoint starts a training.

    Raises:
        ValueError: A training would go on from other drawn images than its
            own, or a few-label result would come from a model that was
            trained on another number of images, or on none.
    """
    if not supervision.states_n:
        return
    drawn = data.get('few_label')
    if training:
        metas = map(metainfo, data_sets(runner.train_dataloader.dataset))
        if drawn and drawn not in [meta.get('few_label') for meta in metas]:
            raise ValueError(
                'ConsistencyHook: the checkpoint was trained on other drawn '
                f'images ({_text(drawn)}) than this run draws, so it would '
                'use more labels than stated; start from a zero-label one')
        return
    number = run_variant(runner).get('n')
    if drawn is None or drawn['num_images'] != number:
        raise ValueError(
            f'ConsistencyHook: supervision={supervision.name!r} with '
            f'n={number}, but the checkpoint was trained on {_text(drawn)}; '
            'state what it was trained on in ZeroShotResultsHook')


def _text(drawn: Mapping[str, Any] | None) -> str:
    if drawn is None:
        return 'no drawn image'
    return f'n={drawn["num_images"]}, seed {drawn["seed"]}'
