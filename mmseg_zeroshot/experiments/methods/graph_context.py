"""ZS3Net with graph context: features of a region from its neighbours."""
from __future__ import annotations

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.experiments.plan import Plan
from mmseg_zeroshot.experiments.step import checkpoint_of

from . import generative
from .registry import register_method

LAYOUTS = {
    'strict': 'layouts of seen images in which a class is renamed',
    'paper': "the training images' label maps, with unseen classes shown: "
    'not zero-shot',
}


@register_method(
    'zs3net-gc', 'ZS3Net + GC', "a region's features come from its class and "
    'its neighbours', variants=LAYOUTS, page='zs3net/GRAPH_CONTEXT.md',
    paper=generative.ZS3NET, mode='drop')
def zs3net_gc(plan: Plan, variant: str = '') -> str:
    """Add ZS3Net with graph context (section 2.3).

    Args:
        plan: Takes the steps.
        variant: Where the layouts of unseen classes come from.

    Returns:
        Name of the last training.
    """
    base = generative.generator(plan, bank='graph-bank')
    config = derive(base, stages.graph_generator(
        base, **plan.arguments('graph-generator')))
    generative.add_bank(plan, config, 'graph-bank')
    trained = plan.train('graph-generator', config, report=False)
    change = stages.graph_classifier(
        config, load_from=checkpoint_of(trained),
        layouts=variant or 'strict', iterations=plan.iterations('classifier'))
    config = derive(derive(config, change),
                    generative.prior_of_final_run(plan))
    return plan.train(generative.named('zs3net-gc', variant), config)
