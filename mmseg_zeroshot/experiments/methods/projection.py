"""SPNet and its relatives: pixel features are projected to word vectors."""
from __future__ import annotations

from .. import stages
from ..plan import Plan
from ..stages import derive
from .plain import seen
from .registry import register_method


@register_method(
    'spnet', 'SPNet', "a class's score is the inner product of the projected "
    'pixel with its word vector', readme='spnet')
def spnet(plan: Plan, variant: str = '') -> str:
    """Add SPNet (Xian et al., CVPR 2019).

    Args:
        plan: Takes the steps.
        variant: There are none.

    Returns:
        Name of the training.
    """
    return _train(plan, 'spnet', stages.spnet(
        plan.base, split=plan.base.split, embeddings=plan.base.embeddings,
        **plan.arguments('spnet')))


@register_method(
    'hvsl', 'HVSL', "SPNet's network under a hinge loss, SPNet's baseline",
    readme='spnet')
def hvsl(plan: Plan, variant: str = '') -> str:
    """Add the hinge baseline of SPNet (section 3.2, eq. 6).

    Args:
        plan: Takes the steps.
        variant: There are none.

    Returns:
        Name of the training.
    """
    return _baseline(plan, 'hvsl', head='SemanticProjectionHead',
                     loss='HingeVisualSemanticLoss', method='HVSL')


@register_method(
    'devise', 'DeViSE', "pixel features regress the class's word vector; the "
    'nearest by cosine is the class', readme='devise')
def devise(plan: Plan, variant: str = '') -> str:
    """Add ZS3Net's first baseline (Frome et al., NeurIPS 2013).

    Args:
        plan: Takes the steps.
        variant: There are none.

    Returns:
        Name of the training.
    """
    return _baseline(plan, 'devise', head='DeViSEHead', loss='CosineLoss',
                     method='DeViSE')


@register_method(
    'ale', 'ALE', 'as SPNet, with a ranking loss in place of the '
    'cross-entropy', readme='devise')
def ale(plan: Plan, variant: str = '') -> str:
    """Add ZS3Net's second baseline (Akata et al., TPAMI 2016).

    Args:
        plan: Takes the steps.
        variant: There are none.

    Returns:
        Name of the training.
    """
    return _baseline(plan, 'ale', head='SemanticProjectionHead',
                     loss='ALELoss', method='ALE')


def _baseline(plan: Plan, name: str, *, head: str, loss: str,
              method: str) -> str:
    return _train(plan, name, stages.projection_baseline(
        plan.base, head=head, loss=loss, method=method,
        **plan.arguments(name)))


def _train(plan: Plan, name: str, change: dict) -> str:
    """Add a training that starts where the experiment says."""
    load = seen(plan) if plan.experiment.start == 'seen' else ''
    return plan.train(name, derive(plan.base, change), load=load)
