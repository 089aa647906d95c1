"""What several stages have in common."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias

from mmseg_zeroshot.experiments.environment import check_environment
from mmseg_zeroshot.semantics.supervision import refuse_old_key
from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    ConfigValue,
)

from .saving import frequent_checkpoints

if TYPE_CHECKING:  # MMEngine brings torch, which no stage needs
    from mmengine.config import Config, ConfigDict

Base: TypeAlias = 'Config | ConfigDict'
"""What MMEngine gives a config as ``_base_``, or a whole config."""

Split: TypeAlias = str | ConfigPart
"""Name of a shipped split, or arguments of one of one's own."""

Words: TypeAlias = str | Sequence[str]
"""A shipped table of word vectors, an .npz file, or several, joined."""

STAGE_HOOKS = ('StageStartHook', 'RecursionHook')

Given = ParamSpec('Given')


def stage(function: Callable[Given, ConfigPart]) -> Callable[
        Given, ConfigType]:
    """Make a function a stage.

    Every config calls one, itself or by its base. So this is where a
    misspelt environment variable is found, and where checkpoints are made
    frequent enough for the length of the training. What is returned shares
    no dict and no list with the base, nor between two of its keys: a config
    may change it in place.

    Args:
        function: Returns what it changes in its first argument.
    """

    @wraps(function)
    def checked(*args: Given.args, **kwargs: Given.kwargs) -> ConfigType:
        check_environment()
        base: Any = next(iter(args), {})
        _check_recipe(base.get('recipe') or {})
        change = function(*args, **kwargs)
        return combine(change, frequent_checkpoints(_training(base, change)))

    return checked


def _check_recipe(recipe: ConfigPart) -> None:
    """Refuse keys that are called otherwise now."""
    refuse_old_key(recipe, 'recipe')
    if 'step_2_hooks' in recipe:
        raise ValueError(
            "recipe: step_2_hooks=[dict(type='StageStartHook', restart=[…])] "
            'is called restart now: write restart=[…]')


def _training(base: ConfigPart, change: ConfigPart) -> ConfigType:
    """Return the loop and the hooks of a base, changed."""
    keys = ('train_cfg', 'default_hooks')
    return combine({key: base.get(key) or {} for key in keys},
                   {key: change[key] for key in keys if key in change})


def _fresh(value: ConfigValue) -> ConfigValue:
    """Copy dicts, lists and tuples, each occurrence by itself."""
    if isinstance(value, Mapping):
        return {key: _fresh(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_fresh(item) for item in value)
    return value


def combine(*changes: ConfigPart) -> ConfigType:
    """Return one change in place of several, the later ones on top.

    For a config that changes more below a key of which a stage changes
    something. Dicts are merged unless the later one has ``_delete_=True``;
    everything else is replaced.

    Args:
        changes: What stages return, or other keys.

    Example:
        >>> combine(dict(a=dict(b=1)), dict(a=dict(c=2)))
        {'a': {'b': 1, 'c': 2}}
    """
    result: ConfigType = {}
    for change in changes:
        for key, value in change.items():
            before: ConfigValue = result.get(key)
            merged = (isinstance(before, Mapping)
                      and isinstance(value, Mapping)
                      and not value.get('_delete_'))
            result[key] = combine(before, value) if merged else _fresh(value)
    return result


def poly(iterations: int) -> list[ConfigType]:
    """Return the poly schedule of all three papers, power 0.9.

    Args:
        iterations: Where the learning rate is 0.
    """
    return [
        dict(type='PolyLR', power=0.9, eta_min=0.0, begin=0, end=iterations,
             by_epoch=False)
    ]


@stage
def shorter(base: Base, *, iterations: int) -> ConfigType:
    """Train for another number of iterations; the schedule keeps its shape.

    Args:
        base: The config of a training that counts in iterations.
        iterations: How many. It is scored once, after the last one.

    Raises:
        ValueError: The base counts in epochs, or ``iterations`` is no
            positive number.
    """
    length = base.train_cfg.get('max_iters')
    if not length:
        raise ValueError('shorter() scales a schedule in iterations, but '
                         f'train_cfg is {dict(base.train_cfg)}: give '
                         'max_iters there')
    if iterations < 1:
        raise ValueError(f'iterations must be at least 1, got {iterations}')
    return dict(
        train_cfg=dict(max_iters=iterations, val_interval=iterations),
        param_scheduler=_scaled(base.param_scheduler, iterations, length))


def _scaled(schedule: Sequence[ConfigPart], iterations: int,
            length: int) -> list[ConfigType]:
    """Scale the parts of a schedule; one of no length is left out.

    MMEngine refuses a part of no iteration, and a warm-up of one never rises
    from its first value.
    """
    scaled = [dict(part, **{key: part[key] * iterations // length
                            for key in ('begin', 'end') if key in part})
              for part in schedule]
    return [part for part in scaled
            if 'end' not in part or part['end'] - part.get('begin', 0) > 1]


def frozen_network(base: Base, stage: str) -> ConfigType:
    """Return ``model`` with the base's decode head as a retrained one's host.

    The weights come by ``load_from``, wherever the network is told to get
    some.

    Args:
        base: A plain network and a recipe, with ``split`` and ``embeddings``.
        stage: What the stage trains (see ``GeneratorRetrainedHead``).

    Raises:
        ValueError: The base is no plain network: its decode head has a host.
    """
    if 'host' in base.model.decode_head:
        raise ValueError(
            f'model.decode_head is a {base.model.decode_head.type} with a '
            'host already: build this stage on a plain network (seenonly_* '
            'or zs3net-s0_*)')
    model: ConfigType = dict(
        type='ZeroShotSegmentor',
        decode_head=dict(
            _delete_=True,
            stage=stage,
            split=base.split,
            embeddings=base.embeddings,
            gamma=base.get('gamma', 0.0),
            host=base.model.decode_head,
            **base.recipe.head))
    if 'pretrained' in base.model:
        model['pretrained'] = None
    backbone = {key: none for key, none in (('pretrained', False),
                                            ('init_cfg', None))
                if key in base.model.backbone}
    return dict(model, backbone=backbone) if backbone else model


def hooks_of_network(base: Base) -> list[ConfigType]:
    """Return the custom hooks that are no stage's.

    Args:
        base: The config.
    """
    return [hook for hook in base.get('custom_hooks') or ()
            if hook['type'] not in STAGE_HOOKS]


def stage_start(restart: Sequence[str]) -> ConfigType:
    """Return ``default_hooks`` that says what a stage trains anew.

    Args:
        restart: Parts of the checkpoint that it starts from.
    """
    return dict(stage_start=dict(type='StageStartHook',
                                 restart=list(restart)))


def results(**keys: ConfigValue) -> ConfigType:
    """Return ``default_hooks`` that changes the results hook.

    Args:
        keys: Arguments of ``ZeroShotResultsHook``.
    """
    return dict(results=keys)


def one_split(split: Split) -> ConfigType:
    """Return the three data loaders with a split.

    Args:
        split: Name or arguments of a split.
    """
    return {f'{name}_dataloader': dict(dataset=dict(split=split))
            for name in ('train', 'val', 'test')}
