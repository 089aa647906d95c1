"""Recursive training with the ZS-MMD loss."""
from __future__ import annotations

from mmseg_zeroshot.experiments.published_settings import recursion_settings
from mmseg_zeroshot.utils.typing_utils import ConfigType

from .parts import (
    Base,
    hooks_of_network,
    poly,
    results,
    stage,
    stage_start,
)

WEIGHTINGS = ('normalized', 'raw', 'equal', 'off')


@stage
def recursive(base: Base, *, start: int, weighting: str = 'normalized',
              iterations: int | None = None) -> ConfigType:
    """Train generator and classifier together, with recursion.

    What the classifier is sure of draws the generator (Wang et al.,
    "Recursive Training for Zero-Shot Semantic Segmentation", 2021, sections
    III-B and III-C). tau and gamma are the printed ones of the split
    (section IV-A).

    Args:
        base: ZS3Net's stage 2, whose place a joint training on the bank
            takes, or its joint training on images.
        start: First iteration with recursion, which the paper does not
            print.
        weighting: Weights of the selected vectors: ``'normalized'``,
            ``'raw'`` or ``'equal'`` (table III); ``'off'`` is the control:
            as much training, the loss times 0.
        iterations: Length of the training on a bank; that on images keeps
            its own.

    Raises:
        ValueError: ``weighting`` is unknown, or ``iterations`` is missing or
            not taken.
    """
    if weighting not in WEIGHTINGS:
        raise ValueError(f'weighting={weighting!r}: take one of '
                         f'{list(WEIGHTINGS)}')
    on_bank = base.model.decode_head.stage != 'joint'
    if on_bank != (iterations is not None):
        raise ValueError(
            f'recursion {"on a bank needs" if on_bank else "on images keeps"} '
            f'a number of iterations{"" if on_bank else " of its own"}, got '
            f'iterations={iterations}')
    tau, gamma = recursion_settings(base.split)
    off = weighting == 'off'
    loss = dict(
        type='ZSMMDLoss', tau=tau, gamma=0.0 if off else gamma, start=start,
        weighting='normalized' if off else weighting)
    return dict(
        _schedule(base, iterations),
        model=dict(decode_head=dict(stage='joint', recursion=loss)),
        default_hooks=dict(
            results(method=_method(base, weighting)),
            **stage_start(base.recipe.restart if on_bank else [])),
        custom_hooks=[*hooks_of_network(base), dict(type='RecursionHook')])


def _method(base: Base, weighting: str) -> str:
    """Name the row; the recipe may add to the name, such as (GAN)."""
    if weighting == 'off':
        return f'{base.recipe.method} (joint)'
    name = base.recipe.method.replace('ZS3Net', 'ZS-MMD')
    if weighting == 'normalized':
        return name
    return f'{name} ({weighting} weights)'


def _schedule(base: Base, iterations: int | None) -> ConfigType:
    """Return how both parts train on a bank; nothing for images."""
    if iterations is None:
        return {}
    return dict(
        optim_wrapper=dict(
            base.recipe.joint, _delete_=True, type='OptimWrapper'),
        param_scheduler=poly(iterations),
        train_cfg=dict(max_iters=iterations, val_interval=iterations))
