"""Recursive training: confident verdicts on features teach the generator."""
from __future__ import annotations

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.experiments.plan import Plan

from .generative import classifier
from .registry import Paper, register_method

RECURSIVE = Paper('Wang et al., IJCNN 2021',
                  'Recursive Training for Zero-Shot Semantic Segmentation',
                  'https://arxiv.org/abs/2103.00086')
WEIGHTINGS = {
    'normalized': 'weights of the selected vectors sum to 1 in a class',
    'equal': 'every selected vector counts alike',
    'raw': 'the probabilities themselves are the weights',
    'off': 'the control: as much training, the loss times 0',
}
_ROWS = dict(normalized='zs-mmd', equal='zs-mmd-equal', raw='zs-mmd-raw',
             off='joint')


@register_method(
    'zs-mmd', 'ZS-MMD', "the classifier's confident verdicts on generated "
    'features teach the generator', variants=WEIGHTINGS,
    page='zs_mmd/README.md', paper=RECURSIVE,
    rows=('ZS-MMD', 'ZS3Net (joint)'), mode='drop')
def zs_mmd(plan: Plan, variant: str = '') -> str:
    """Add recursive training with the ZS-MMD loss (Wang et al., 2021).

    It takes the place of ZS3Net's stage 2.

    Args:
        plan: Takes the steps.
        variant: How the selected vectors are weighted (table III).

    Returns:
        Name of the last training.
    """
    base = classifier(plan)
    weighting = variant or 'normalized'
    iterations = plan.iterations('classifier')
    change = stages.recursive(
        base, weighting=weighting, iterations=iterations,
        **{'start': iterations // 4, **plan.arguments('recursion')})
    return plan.train(_ROWS[weighting], derive(base, change))
