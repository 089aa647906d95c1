"""What a runner builds around a network: hooks, optimizer, loops, scores."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

from mmengine.optim import OptimWrapper, _ParamScheduler, build_optim_wrapper
from mmseg.registry import (
    HOOKS,
    LOOPS,
    METRICS,
    OPTIMIZERS,
    PARAM_SCHEDULERS,
    VISUALIZERS,
)
from torch import nn

from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigValue

from .building import Failures, as_config, build_part, check_arguments
from .finding import Finding
from .networks import Networks
from .subject import Subject

if TYPE_CHECKING:
    from mmengine.evaluator import BaseMetric
    from mmengine.hooks import Hook

LOOP_TYPES = dict(val='ValLoop', test='TestLoop')
_EPOCH = 1000
"""Stands for the number of batches that schedulers by epoch count with."""


class RunnerParts:
    """Hooks, schedulers and more of all steps, each different one built once.

    Args:
        subject: What is checked.
        networks: The models, which optimizers take weights of.

    Attributes:
        by_step: By step what a runner would have as ``hooks`` and
            ``param_schedulers``.
        count: How many parts are different.
        findings: What cannot be built.
    """

    def __init__(self, subject: Subject, networks: Networks) -> None:
        self.subject = subject
        self.networks = networks
        self._failures = Failures()
        self.count = 0
        self.by_step: dict[str, SimpleNamespace] = {
            name: SimpleNamespace(hooks=[], param_schedulers=[])
            for name in subject.configs}
        # Hooks that draw ask for the run's visualizer.
        self._each('visualizer', build_visualizer)
        for key in ('default_hooks', 'custom_hooks'):
            self._each(key, build_hooks, self._keep('hooks'))
        for key in ('val_evaluator', 'test_evaluator'):
            self._each(key, build_metrics)
        for loop in ('train', 'val', 'test'):
            self._each(f'{loop}_cfg', partial(check_loop, loop))
        self._optimizers()
        self.findings: list[Finding] = self._failures.findings(subject)

    def _each(self, key: str, make: Callable[[ConfigValue], object],
              keep: Callable[[Sequence[str], object], None] = lambda *_: None
              ) -> None:
        """Build each different value of a key, item by item."""
        for steps, value in self.subject.parts(key):
            for place, item in _items(key, value):
                built, failed = build_part(partial(make, item), place, item)
                self.count += 1
                if failed:
                    self._failures.add(steps, failed)
                elif built is not None:
                    keep(steps, built)

    def _keep(self, name: str) -> Callable[[Sequence[str], object], None]:
        def keep(steps: Sequence[str], built: object) -> None:
            for step in steps:
                getattr(self.by_step[step], name).append(built)
        return keep

    def _optimizers(self) -> None:
        """Build optimizers and schedulers, which need weights."""
        other = nn.Linear(1, 1)  # where the network cannot be built
        known: dict[str, list[_ParamScheduler]] = {}
        for step, config in self.subject.configs.items():
            if not config.get('optim_wrapper'):
                continue
            model = self.networks.by_step.get(step, other)
            key = repr([id(model), config['optim_wrapper'],
                        config.get('param_scheduler')])
            if key not in known:
                known[key] = self._schedulers(step, config, model)
            self.by_step[step].param_schedulers = known[key]

    def _schedulers(self, step: str, config: ConfigPart,
                    model: nn.Module) -> list[_ParamScheduler]:
        """Build the optimizer of a step and return its schedulers."""
        given = config['optim_wrapper']
        wrapper, failed = build_part(
            partial(build_optimizer, model, given), 'optim_wrapper', given)
        if failed:
            self._failures.add([step], failed)
            return []
        built = []
        for place, item in _items('param_scheduler',
                                  config.get('param_scheduler')):
            self.count += 1
            scheduler, failed = build_part(
                partial(build_scheduler, item, wrapper), place, item)
            if failed:
                self._failures.add([step], failed)
            else:
                built.append(scheduler)
        return built


def build_visualizer(config: ConfigPart) -> None:
    """Build the visualizer that hooks ask for, without a folder.

    Args:
        config: The key ``visualizer``.
    """
    # A name of its own: a runner of this process makes its own by the config.
    VISUALIZERS.build(dict(as_config(config),
                           name='check-before-run'))


def build_hooks(config: ConfigPart) -> Hook:
    """Build a hook.

    Args:
        config: Its config.
    """
    return HOOKS.build(as_config(config))


def build_metrics(config: ConfigPart) -> BaseMetric:
    """Build the metric of an evaluator.

    Args:
        config: The evaluator's or the metric's config.
    """
    return METRICS.build(as_config(config))


def build_optimizer(model: nn.Module, config: ConfigPart) -> OptimWrapper:
    """Build a wrapped optimizer.

    Args:
        model: Its weights.
        config: The key ``optim_wrapper``.
    """
    optimizer = config.get('optimizer')
    if isinstance(optimizer, Mapping):
        # First by itself: the wrapper's errors do not name what is wrong.
        OPTIMIZERS.build(as_config(optimizer),
                         default_args=dict(params=[nn.Parameter()]))
    return build_optim_wrapper(model, as_config(config))


def build_scheduler(config: ConfigPart,
                    wrapper: OptimWrapper) -> _ParamScheduler:
    """Build a schedule of the learning rate.

    Args:
        config: Its config.
        wrapper: The wrapped optimizer.
    """
    return PARAM_SCHEDULERS.build(
        dict({'end': _EPOCH}, **as_config(config)),
        default_args=dict(optimizer=wrapper, epoch_length=_EPOCH))


def check_loop(name: str, config: ConfigPart) -> None:
    """Check the arguments of a loop, which only a runner can build.

    Args:
        name: ``'train'``, ``'val'`` or ``'test'``.
        config: Its config.

    Raises:
        KeyError: Its type is unknown.
        TypeError: An argument is unknown or missing.
        ValueError: It trains for no iteration.
    """
    given = dict(config)
    kind = given.pop('type', LOOP_TYPES.get(name) or (
        'EpochBasedTrainLoop' if given.pop('by_epoch', False)
        else 'IterBasedTrainLoop'))
    found = LOOPS.get(kind) if isinstance(kind, str) else kind
    if found is None:
        raise KeyError(f'{kind} is no loop')
    filled = ['runner', 'dataloader']
    check_arguments(found, given,
                    filled if name == 'train' else [*filled, 'evaluator'])
    for key in ('max_iters', 'max_epochs', 'val_interval'):
        if key in given and int(given[key]) < 1:
            raise ValueError(f'{key} must be at least 1, got {given[key]}')


def _items(key: str, value: ConfigValue) -> Iterator[tuple[str, ConfigValue]]:
    """Yield the parts of a list or of named hooks, with their keys."""
    if isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield f'{key}.{number}', item
    elif isinstance(value, Mapping) and key == 'default_hooks':
        for name, item in value.items():
            if item is not None:
                yield f'{key}.{name}', item
    elif value:
        yield key, value
