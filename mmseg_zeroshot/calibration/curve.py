"""The scores at every gamma, from one pass over a val set."""
from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from mmengine.runner import Runner
from mmengine.utils import track_iter_progress
from torch.utils.data import DataLoader

from mmseg_zeroshot.engine.hooks.runner_access import (
    data_split,
    zero_shot_head,
)
from mmseg_zeroshot.evaluation import GammaCurve, ZeroShotIoUMetric
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.typing_utils import ConfigType

if TYPE_CHECKING:
    from mmseg.models.decode_heads.decode_head import BaseDecodeHead


def measure_curve(runner: Runner, split: ClassSplit,
                  loader: DataLoader) -> GammaCurve:
    """Pass the val set through the model once.

    Args:
        runner: Holds the model with its weights, and the config.
        split: The head's split.
        loader: Gives the val set.

    Returns:
        The curve over gamma, scored as the config's evaluator does.

    Raises:
        ValueError: The val set has another split than the head.
    """
    given = data_split(loader.dataset)
    if given is None or (given.classes, given.unseen, given.ignored) != (
            split.classes, split.unseen, split.ignored):
        raise ValueError(
            f'decode_head has split {split.name!r} and '
            f'val_dataloader.dataset '
            f'{"none" if given is None else repr(given.name)}; name the '
            'split once in the config and use it in both places')
    curve = GammaCurve(split, **_scoring(runner))
    model = runner.model.eval()
    # The plain decision: where the curve starts.
    head: BaseDecodeHead = zero_shot_head(model)
    head.gamma = 0.0
    with torch.no_grad():
        for batch in track_iter_progress((loader, len(loader))):
            for sample in model.test_step(batch):
                curve.update_logits(
                    sample.seg_logits.data, sample.gt_sem_seg.data[0],
                    sample.pred_sem_seg.data[0])
    return curve


def _scoring(runner: Runner) -> ConfigType:
    """Return how the val evaluator counts, as arguments of `GammaCurve`."""
    evaluator = runner.build_evaluator(runner.cfg.val_evaluator)
    for metric in evaluator.metrics:
        if isinstance(metric, ZeroShotIoUMetric):
            return dict(
                absent=metric.absent,
                ignore_index=metric.stated_ignore_index)
    return {}
