"""Few-label learning: n labelled images of every class."""
from __future__ import annotations

from mmengine.config import Config

from .. import stages
from ..plan import Plan
from ..stages import derive
from ..step import checkpoint_of
from .plain import seen
from .projection import spnet
from .registry import register_method

NUMBERS = (1, 2, 5, 10, 20)
_SCORES = {'flss': 'Vanilla mIoU', 'gflss': 'Overall mIoU',
           'gflss-unseen': 'Unseen mIoU'}


@register_method(
    'few-label', 'few-label', 'SPNet and the fine-tuned plain network on n '
    'labelled images of every class', calibrated=False,
    readme='few_label')
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
    given = plan.arguments('few-label')
    last = ''
    for number in given.pop('numbers', NUMBERS):
        for method, start in (('spnet', spnet(plan)),
                              ('finetuned', seen(plan))):
            config = _config(plan, method, start, number)
            last = plan.train(f'{method}-{number}', config)
    for name, score in _SCORES.items():
        plan.add(name, 'plot', arguments=(
            'curves', '{results}', '--x', 'n', '--xlabel',
            'n images per class', '--log', '--method', 'SPNet', 'fine-tuned',
            '--scores', score, '--out', '{folder}/' + name), final=True)
    return last


def _config(plan: Plan, method: str, start: str, number: int) -> Config:
    base = Config(dict(plan.steps[start].config or {}))
    return derive(base, stages.few_label(
        base, load_from=checkpoint_of(start), num_images=number,
        draw_seed='{seed}', manifest='{folder}/drawn.json',
        method='SPNet' if method == 'spnet' else 'fine-tuned',
        **plan.arguments(f'few-label-{method}')))
