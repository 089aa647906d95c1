"""SPNet and its relatives: pixel features are projected to word vectors."""
from __future__ import annotations

from mmengine.config import Config

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.experiments.plan import Plan

from .plain import seen
from .registry import Paper, register_method

SPNET = Paper(
    'Xian et al., CVPR 2019',
    'Semantic Projection Network for Zero- and Few-Label Semantic '
    'Segmentation',
    'https://openaccess.thecvf.com/content_CVPR_2019/html/Xian_Semantic_'
    'Projection_Network_for_Zero-_and_Few-Label_Semantic_Segmentation_CVPR_'
    '2019_paper.html')
DEVISE = Paper(
    'Frome et al., NIPS 2013',
    'DeViSE: A Deep Visual-Semantic Embedding Model',
    'https://papers.nips.cc/paper/5204-devise-a-deep-visual-semantic-'
    'embedding-model')
ALE = Paper('Akata et al., TPAMI 2016',
            'Label-Embedding for Image Classification')


@register_method(
    'spnet', 'SPNet', "a class's score is the inner product of the projected "
    'pixel with its word vector', page='spnet/README.md', paper=SPNET)
def spnet(plan: Plan, variant: str = '') -> str:
    """Add SPNet (Xian et al., CVPR 2019).

    Args:
        plan: Takes the steps.
        variant: There are none.

    Returns:
        Name of the training.
    """
    return _train(plan, 'spnet', spnet_config(plan))


@register_method(
    'hvsl', 'HVSL', "SPNet's network under a hinge loss, SPNet's baseline",
    page='spnet/README.md', paper=SPNET)
def hvsl(plan: Plan, variant: str = '') -> str:
    """Add the hinge baseline of SPNet (section 3.2, eq. 6).

    Args:
        plan: Takes the steps.
        variant: There are none.

    Returns:
        Name of the training.
    """
    base = spnet_config(plan)
    return _train(plan, 'hvsl', derive(
        base, stages.hvsl(base, **plan.arguments('hvsl'))))


@register_method(
    'devise', 'DeViSE', "pixel features regress the class's word vector; the "
    'nearest by cosine is the class', page='devise/README.md', paper=DEVISE)
def devise(plan: Plan, variant: str = '') -> str:
    """Add ZS3Net's first baseline (Frome et al., NeurIPS 2013).

    Args:
        plan: Takes the steps.
        variant: There are none.

    Returns:
        Name of the training.
    """
    return _train(plan, 'devise', derive(
        plan.base, stages.devise(plan.base)))


@register_method(
    'ale', 'ALE', 'as SPNet, with a ranking loss in place of the '
    'cross-entropy', page='devise/README.md', paper=ALE)
def ale(plan: Plan, variant: str = '') -> str:
    """Add ZS3Net's second baseline (Akata et al., TPAMI 2016).

    Args:
        plan: Takes the steps.
        variant: There are none.

    Returns:
        Name of the training.
    """
    return _train(plan, 'ale', derive(plan.base, stages.ale(plan.base)))


def spnet_config(plan: Plan) -> Config:
    """Return SPNet's config, with the variables that stages read.

    Args:
        plan: Has the base config.
    """
    base = plan.base
    return derive(base, stages.spnet(
        base, split=base.split, embeddings=base.embeddings,
        **plan.arguments('spnet')))


def _train(plan: Plan, name: str, config: Config) -> str:
    """Add a training that starts where the experiment says."""
    load = seen(plan) if plan.experiment.start == 'seen' else ''
    return plan.train(name, config, load=load)
