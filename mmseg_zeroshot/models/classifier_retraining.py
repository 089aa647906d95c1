"""ZS3Net's stage 2 once more, for a vocabulary that has been changed."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .feature_sets import FeatureSets

if TYPE_CHECKING:
    from mmseg.models import BaseSegmentor


def retrain_classifier(model: BaseSegmentor, steps: Iterable[FeatureSets], *,
                       iterations: int,
                       learning_rate: float = 0.001) -> dict[str, float]:
    """Teach a model's classifier the classes that were added to it.

    The classifier goes on from its own weights, on real features of seen
    and generated features of unseen classes (section 2.2); extractor and
    generator stay.

    Args:
        model: A :class:`ZeroShotSegmentor` with a
            :class:`GeneratorRetrainedHead`.
        steps: Real features of seen classes, at least ``iterations`` of
            them; sets of dropped classes are left out.
        iterations: Number of steps.
        learning_rate: Of Adam, falling to 0 linearly.

    Returns:
        Accuracy on ``seen`` and ``generated`` features in the last step, in
        percent.

    Raises:
        ValueError: The head has no unseen class, or a loss is not finite.
    """
    head = model.decode_head
    head.set_stage('classifier')
    optimizer = torch.optim.Adam(head.classifier.parameters(),
                                 lr=learning_rate)
    schedule = torch.optim.lr_scheduler.LinearLR(
        optimizer, 1.0, 0.0, total_iters=iterations)
    # As in stage 2: the generator's dropout is part of its noise.
    head.generator.train()
    losses: dict[str, Tensor] = {}
    for step, sets in zip(range(iterations), steps):
        losses = head.loss_of_sets(_kept(sets, head.split.seen_ids))
        _check_loss(losses['loss_classifier'], step)
        optimizer.zero_grad()
        losses['loss_classifier'].backward()
        optimizer.step()
        schedule.step()
    model.eval()
    return dict(seen=float(losses['acc_seen']),
                generated=float(losses['acc_generated']))


def _check_loss(loss: Tensor, step: int) -> None:
    """Stop before a step that would spoil the weights."""
    if not bool(loss.isfinite()):
        raise ValueError(
            f"the classifier's loss is {float(loss)} in step {step + 1}: the "
            'features of the bank or the class vectors are broken, or '
            'learning_rate is too high')


def _kept(sets: FeatureSets, class_ids: Sequence[int]) -> FeatureSets:
    """Return the sets of classes that are still there."""
    kept = torch.isin(sets.class_ids, sets.class_ids.new_tensor(class_ids))
    frequency = sets.frequency[kept]
    return sets._replace(
        features=sets.features[kept], class_ids=sets.class_ids[kept],
        frequency=frequency / frequency.sum())
