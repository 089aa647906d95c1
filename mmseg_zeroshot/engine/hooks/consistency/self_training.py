"""Pseudo-labels, head, supervision and checkpoint of a run must agree."""
from __future__ import annotations

from collections.abc import Iterable

from mmengine.runner import Runner

from mmseg_zeroshot.engine.hooks.runner_access import (
    start_sha256,
    training_metas,
    zero_shot_head,
)
from mmseg_zeroshot.results.record import Variant
from mmseg_zeroshot.semantics.supervision import (
    Supervision,
    least_permitting,
)
from mmseg_zeroshot.utils.typing_utils import Metainfo

from .supervision import check_supervision


def pseudo_variant(metas: Iterable[Metainfo]) -> Variant:
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


def check_pseudo_data(runner: Runner, meta: Metainfo,
                      supervision: Supervision) -> None:
    """Compare a training data set's pseudo-labels with the run.

    Args:
        runner: The runner.
        meta: Metainfo of the data set, with or without pseudo-labels.
        supervision: The run's.

    Raises:
        ValueError: The supervision does not permit pseudo-labels, or not
            those of a model that used more; or the head leaves unseen
            classes out.
    """
    pseudo = meta.get('pseudo_labels')
    if pseudo is None:
        return
    place = f'pseudo-labels {pseudo["path"]}'
    if not supervision.unlabelled_images:
        raise ValueError(
            f'ConsistencyHook: {place} come from unlabelled images with '
            f'unseen classes, but the supervision is {supervision.name!r}; '
            f'set supervision={least_permitting("unlabelled_images")!r} in '
            'ZeroShotResultsHook')
    try:
        check_supervision(pseudo['supervision'], supervision)
    except ValueError as error:
        raise ValueError(f'{error} (the model that made {place})') from None
    head = zero_shot_head(runner.model)
    if head is not None and not getattr(head, 'trains_unseen', False):
        raise ValueError(
            f'ConsistencyHook: {place} are labels of unseen classes, which '
            f'decode_head ({type(head).__name__}) leaves out of its loss; '
            "set stage='self-training' or trains_unseen=True there")


def check_pseudo_checkpoint(runner: Runner,
                            trained: Metainfo) -> None:
    """Refuse pseudo-labels that another model gave than the one that goes on.

    Args:
        runner: The runner, whose training data may have pseudo-labels.
        trained: The checkpoint's ``dataset_meta``. That of a resumed run
            says what it was begun with; otherwise the file counts.

    Raises:
        ValueError: The model that made them was another checkpoint.
    """
    made = {meta['pseudo_labels']['path']: meta['pseudo_labels']['checkpoint']
            for meta in training_metas(runner) if meta.get('pseudo_labels')}
    if not made:
        return
    begun = trained.get('pseudo_labels') or {} if runner._resume else {}
    model = begun.get('checkpoint') or start_sha256(runner)
    for path, theirs in made.items():
        if model not in (None, theirs):
            raise ValueError(
                f'ConsistencyHook: pseudo-labels {path} were made by the '
                f'model {theirs[:12]}, and the model that goes on is '
                f'{model[:12]} (SHA-256; load_from='
                f'{runner._load_from!r}): name that model, or make '
                'pseudo-labels with this one (mmseg-zeroshot pseudo-label)')
