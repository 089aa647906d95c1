"""ZS5Net: self-training on images without labels."""
from __future__ import annotations

from mmengine.config import Config

from mmseg_zeroshot.datasets.self_training.selection import check_percent
from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.experiments.plan import Plan
from mmseg_zeroshot.experiments.step import checkpoint_of, folder_of
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.semantics.supervision import get_supervision

from .generative import ZS3NET, zs3net
from .registry import register_method

DEFAULTS = dict(p=25.0, rounds=1, gamma=0.0, images='', unlabelled=None)
"""Arguments that an experiment may give in ``stages['zs5net']``.

They are the percentage of pixels that keep their pseudo-labels, how often the
model labels and is trained on, gamma of the models that label, a list file of
images in the place of the training images, and one of images whose own labels
are not read."""


@register_method(
    'zs5net', 'ZS5Net', 'a trained ZS3Net goes on from pseudo-labels that it '
    'gives to pixels without a label', calibrated=False,
    page='zs5net/README.md', paper=ZS3NET, mode='drop')
def zs5net(plan: Plan, variant: str = '') -> str:
    """Add ZS3Net and its self-training (section 2.4).

    Args:
        plan: Takes the steps.
        variant: There are none.

    Returns:
        Name of the last training.

    Raises:
        ValueError: ``p`` or ``rounds`` is out of range, or the recipe's
            supervision must not become self-training.
    """
    given = dict(DEFAULTS, **plan.arguments('zs5net'))
    for key in given:
        if key not in DEFAULTS:
            raise ValueError(f"unknown key {key!r} in stages['zs5net']."
                             + hint(key, DEFAULTS))
    # Now, not when ZS3Net has trained for hours.
    check_percent(given['p'])
    rounds = int(given['rounds'])
    if rounds < 1:
        raise ValueError(f"stages['zs5net']['rounds']={rounds} must be at "
                         'least 1')
    supervision = plan.base.recipe.supervision
    if not get_supervision('self-training').may_load(supervision):
        raise ValueError(
            f"zs5net goes on from the experiment's ZS3Net, and recipe "
            f'{plan.experiment.recipe!r} trains one of supervision '
            f"{supervision!r}, which self-training must not load: take recipe "
            "'strict' or 'gan'")
    teacher = zs3net(plan)
    for number in range(1, rounds + 1):
        end = '' if number == 1 else f'-{number}'
        teacher = _round(plan, teacher, end, given)
    return teacher


def _round(plan: Plan, teacher: str, end: str, given: dict) -> str:
    """Add labelling by a teacher and a training on its labels."""
    labels = f'pseudo-labels{end}'
    config = _config(plan, teacher, f'{folder_of(plan.name(labels))}/labels',
                     given)
    labelling = derive(config, dict(
        model=dict(decode_head=dict(gamma=given['gamma']))))
    plan.add(labels, 'pseudo-label', labelling, load=teacher,
             arguments=('--out', '{folder}/labels'))
    return plan.train(f'zs5net{end}', config)


def _config(plan: Plan, teacher: str, path: str, given: dict) -> Config:
    base = plan.base
    if given['images']:
        base = derive(base, dict(train_dataloader=dict(
            dataset=dict(dataset=dict(ann_file=given['images'])))))
    return derive(base, stages.self_training(
        base, load_from=checkpoint_of(teacher), pseudo_labels=path,
        percent=given['p'], unlabelled=given['unlabelled']))
