"""ZS3Net: a classifier retrained on features that a generator makes."""
from __future__ import annotations

from mmengine.config import Config

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.base_config import with_recipe
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.experiments.plan import Plan
from mmseg_zeroshot.experiments.step import checkpoint_of, folder_of

from .plain import seen
from .registry import Paper, register_method

ZS3NET = Paper('Bucher et al., NeurIPS 2019',
               'Zero-Shot Semantic Segmentation',
               'https://arxiv.org/abs/1906.00817')
BANK = dict(max_vectors=128, batch_size=8)
"""Arguments of the bank that an experiment may give in ``stages['bank']``."""
BANK_KEYS = ('custom_imports', 'default_scope', 'model', 'feature_bank',
             'default_hooks', 'randomness')
"""What ``build-feature-bank`` reads of a config."""
RECIPES = {
    'strict': 'no label of an unseen class has a part in it',
    'paper': 'the values that the paper prints',
    'gan': 'a WGAN with gradient penalty in place of the GMMN',
    'released': "as the authors' code does it, with the true masks of "
    'unseen classes: not zero-shot',
}


@register_method(
    'zs3net', 'ZS3Net', 'a 1x1 classifier is retrained on features that a '
    'generator makes from word vectors', variants=RECIPES,
    default_key='recipe', page='zs3net/README.md', paper=ZS3NET, mode='drop')
def zs3net(plan: Plan, variant: str = '') -> str:
    """Add ZS3Net (Bucher et al., NeurIPS 2019).

    Args:
        plan: Takes the steps.
        variant: The recipe, by default the experiment's.

    Returns:
        Name of the last training.
    """
    if (variant or plan.experiment.recipe) == 'released':
        return joint(plan, variant)
    return plan.train(named('zs3net', variant), classifier(plan, variant))


def joint(plan: Plan, variant: str) -> str:
    """Add the training of generator and classifier in every iteration.

    Args:
        plan: Takes the steps.
        variant: The recipe.

    Returns:
        Name of the training.
    """
    base = with_recipe(plan.base, variant)
    change = stages.zs3net_joint(
        base, load_from=checkpoint_of(seen(plan)),
        iterations=plan.iterations('joint'))
    return plan.train(named('zs3net', variant), derive(base, change))


def generator(plan: Plan, variant: str = '', *,
              bank: str = 'bank') -> Config:
    """Return the config of the generator.

    Args:
        plan: Takes the plain network's training.
        variant: The recipe.
        bank: Name of the step that extracts the features.
    """
    base = with_recipe(plan.base, variant)
    return derive(base, stages.zs3net_generator(
        base, load_from=checkpoint_of(seen(plan)),
        bank=f'{folder_of(plan.name(bank))}/bank',
        iterations=plan.iterations('generator'),
        **{**BANK, **plan.arguments('bank')}, **plan.arguments('generator')))


def add_bank(plan: Plan, config: Config, name: str = 'bank') -> str:
    """Add the extraction of pixel features, which serve every recipe.

    Args:
        plan: Takes the step.
        config: The generator's config under the strict recipe.
        name: Of the step.

    Returns:
        The step's name.
    """
    kept = {key: value for key, value in config.items() if key in BANK_KEYS}
    return plan.add(
        name, 'build-feature-bank', Config(kept), load=seen(plan),
        arguments=('--out', '{folder}/bank'),
        seeded=not plan.experiment.seen_once)


def classifier(plan: Plan, variant: str = '') -> Config:
    """Return the config of the classifier, with the steps before it added.

    Args:
        plan: Takes the steps before it.
        variant: The recipe.
    """
    add_bank(plan, generator(plan, 'strict'))
    config = generator(plan, variant)
    trained = plan.train(named('generator', variant), config, report=False)
    config = derive(config, stages.zs3net_classifier(
        config, load_from=checkpoint_of(trained),
        iterations=plan.iterations('classifier'),
        **plan.arguments('classifier')))
    return derive(config, prior_of_final_run(plan))


def prior_of_final_run(plan: Plan) -> dict:
    """Return the unseen prior of the run that a held-out one tunes for.

    A gamma fits one prior. With more classes ignored, the default of
    1 / number of classes would be another.

    Args:
        plan: The plan of the step.
    """
    if plan.final is plan:
        return {}
    split = plan.final.experiment.classes
    number = split.num_classes - len(split.ignored)
    return dict(model=dict(decode_head=dict(unseen_prior=1 / number)))


def named(step: str, variant: str) -> str:
    """Return a step's name under a variant.

    Args:
        step: The name under the default.
        variant: The variant; empty for the default.
    """
    return f'{step}-{variant}' if variant else step
