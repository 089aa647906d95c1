"""The plain network, trained on the seen classes."""
from __future__ import annotations

from mmseg_zeroshot.experiments.plan import Plan

from .registry import register_method


@register_method(
    'seen', 'seen only', 'the network with its plain classifier: where the '
    'other methods start, and the row whose unseen mIoU is 0',
    calibrated=False, page='spnet/README.md',
    rows=('seen only', 'supervised'))
def seen(plan: Plan, variant: str = '') -> str:
    """Add the training of the plain network.

    Args:
        plan: Takes the step.
        variant: There are none.

    Returns:
        The step's name.
    """
    return plan.train('seen', plan.base,
                      seeded=not plan.experiment.seen_once)
