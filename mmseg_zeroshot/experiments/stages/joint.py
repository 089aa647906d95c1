"""ZS3Net's stages 1 and 2 in every iteration, on images."""
from __future__ import annotations

from mmseg_zeroshot.utils.typing_utils import ConfigType

from .parts import (
    Base,
    frozen_network,
    hooks_of_network,
    poly,
    results,
    stage,
    stage_start,
)


@stage
def zs3net_joint(base: Base, *, load_from: str,
                 iterations: int) -> ConfigType:
    """Train generator and classifier together, as the authors' code does.

    The recipe ``released`` shows the generator true masks of unseen classes,
    as that code does; the others do not.

    Args:
        base: A plain network and a recipe.
        load_from: Stage 0's checkpoint.
        iterations: Length of the training.

    Raises:
        ValueError: The recipe is ``paper``, or the base no plain network.
    """
    recipe = base.recipe
    if recipe.supervision == 'paper':
        raise ValueError(
            "the recipe 'paper' trains the generator and then the classifier, "
            'each by an optimizer of its own, and not both in every '
            'iteration. Take zs3net_generator and zs3net_classifier (the '
            'configs zs3net-s1_* and zs3net-s2_*) for it, or another recipe '
            '(ZS_RECIPE): strict, gan or released')
    return dict(
        load_from=load_from,
        model=frozen_network(base, 'joint'),
        train_dataloader=dict(dataset=recipe.images),
        optim_wrapper=dict(
            recipe.joint, _delete_=True, type='OptimWrapper'),
        param_scheduler=poly(iterations),
        train_cfg=dict(max_iters=iterations, val_interval=iterations),
        default_hooks=_hooks(base),
        custom_hooks=hooks_of_network(base))


def _hooks(base: Base) -> ConfigType:
    """Return the base's hooks without those that the recipe leaves out."""
    recipe, given = base.recipe, base.default_hooks
    kept = {name: hook for name, hook in given.items()
            if name not in recipe.hooks_left_out}
    row = dict(given.results, method=recipe.method,
               supervision=recipe.supervision)
    # As in stage 2, whose classifier is named conv_seg in stage 0.
    anew = ['decode_head.conv_seg'] if recipe.restart else []
    return dict(kept, _delete_=True, **stage_start(anew), **results(**row))
