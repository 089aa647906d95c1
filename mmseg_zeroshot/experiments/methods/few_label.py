"""Few-label learning: n labelled images of every class."""
from __future__ import annotations

from mmengine.config import Config

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.experiments.plan import Plan
from mmseg_zeroshot.experiments.step import checkpoint_of
from mmseg_zeroshot.utils.typing_utils import ConfigType

from .plain import seen
from .projection import SPNET, spnet, spnet_config
from .registry import register_method

NUMBERS = (1, 2, 5, 10, 20)
_SCORES = {'flss': 'Vanilla mIoU', 'gflss': 'Overall mIoU',
           'gflss-unseen': 'Unseen mIoU'}


@register_method(
    'few-label', 'Few-label SPNet', 'SPNet and the fine-tuned plain network '
    'on n labelled images of every class', calibrated=False,
    page='few_label/README.md', paper=SPNET, rows=('SPNet', 'fine-tuned'))
def few_label(plan: Plan, variant: str = '') -> str:
    """Add few-label learning for several n, with its curves.

    SPNet, section 3.1 ("Two-stage training") and figure 5. A seed draws
    images of its own; both methods train on the same.

    Args:
        plan: Takes the steps.
        variant: There are none.

    Returns:
        Name of the last training.
    """
    last = ''
    for number in plan.arguments('few-label').get('numbers', NUMBERS):
        last = _spnet(plan, number)
        _fine_tuned(plan, number)
    for name, score in _SCORES.items():
        plan.add(name, 'plot', arguments=(
            'curves', '{results}', '--x', 'n', '--xlabel',
            'n images per class', '--log', '--method', 'SPNet', 'fine-tuned',
            '--scores', score, '--out', '{folder}/' + name), final=True)
    return last


def _spnet(plan: Plan, number: int) -> str:
    config = _few(plan, number, checkpoint_of(spnet(plan)))
    change = _training(number, **plan.arguments('few-label-spnet'))
    return plan.train(f'spnet-{number}', derive(config, change))


def _fine_tuned(plan: Plan, number: int) -> str:
    """Add the paper's baseline: the plain network on SPNet's images."""
    config = _few(plan, number, checkpoint_of(seen(plan)))
    config = derive(config, stages.seen_only(
        config, segmentor=plan.base.model.type, method='fine-tuned'))
    change = _training(number, **plan.arguments('few-label-finetuned'))
    return plan.train(f'finetuned-{number}', derive(config, change))


def _few(plan: Plan, number: int, load_from: str) -> Config:
    base = spnet_config(plan)
    config = derive(base, stages.few_label(
        base, load_from=load_from, num_images=number,
        manifest='{folder}/drawn.json'))
    # Every seed of a run draws images of its own.
    config.train_dataloader.dataset.few.seed = '{seed}'
    return config


def _training(number: int, *, learning_rate: float | None = None,
              learning_rate_of_one: float | None = None,
              iterations: int | None = None,
              frozen_stages: int | None = None) -> ConfigType:
    """Return what an experiment changes in the fine-tuning.

    Args:
        number: n.
        learning_rate: The optimizer's.
        learning_rate_of_one: That of n = 1, where it differs.
        iterations: Length, with the poly schedule.
        frozen_stages: Of the backbone: a handful of images would be learned
            by heart.
    """
    if number == 1:
        learning_rate = learning_rate_of_one or learning_rate
    change: ConfigType = {}
    if learning_rate is not None:
        change['optim_wrapper'] = dict(optimizer=dict(lr=learning_rate))
    if iterations is not None:
        change['param_scheduler'] = stages.poly(iterations)
        change['train_cfg'] = dict(max_iters=iterations,
                                   val_interval=iterations)
    if frozen_stages is not None:
        change['model'] = dict(backbone=dict(frozen_stages=frozen_stages))
    return change
