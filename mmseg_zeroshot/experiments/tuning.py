"""A method over a grid of config values: which steps run for which point."""
from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mmengine.config import Config

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils.config_text import short_keys
from mmseg_zeroshot.utils.typing_utils import ConfigType, ConfigValue

from .config_keys import find_missing
from .experiment import Experiment
from .methods import find_method
from .plan import Plan
from .step import REFERENCE, Step, replace_texts

GAMMA_STEP = 'gamma'
_RESULTS = 'default_hooks.results'


@dataclass(frozen=True)
class Point:
    """One point of a grid.

    Attributes:
        values: Value of every config key.
        name: Ends the names of the steps that run for it.
    """

    values: ConfigType
    name: str


@dataclass(frozen=True)
class Tuning:
    """The steps of a method, repeated for every point where it matters.

    Attributes:
        steps: All steps by name; those that no point changes are there once.
        scored: Name of the step that gives a point's score, by its name.
        points: The grid.
        split: Split of the scores.
        role: Of the scored classes: ``'validation'`` or ``'oracle'``.
        targets: Steps whose config has the keys.
    """

    steps: dict[str, Step]
    scored: dict[str, str]
    points: tuple[Point, ...]
    split: ClassSplit
    role: str
    targets: tuple[str, ...]


def make_grid(keys: Mapping[str, Sequence[ConfigValue]]) -> tuple[Point, ...]:
    """Return all combinations of values, the last key changing fastest.

    Args:
        keys: Values of every config key.

    Raises:
        ValueError: A key has no value, or one twice.
    """
    for key, values in keys.items():
        if not values or any(values.count(v) > 1 for v in values):
            raise ValueError(f'{key} needs different values, got {values}')
    points = [
        Point(dict(zip(keys, values)), '-'.join(
            re.sub(r'\W', '_', f'{key.split(".")[-1]}_{value}')
            for key, value in zip(keys, values)))
        for values in itertools.product(*keys.values())
    ]
    names = [point.name for point in points]
    return tuple(
        point if names.count(point.name) == 1 else replace(
            point, name=f'{point.name}-{number}')
        for number, point in enumerate(points))


def make_tuning(experiment: Experiment, method: str,
                keys: Mapping[str, Sequence[ConfigValue]], *,
                steps: Sequence[str] = (), best_gamma: bool = True,
                oracle: bool = False) -> Tuning:
    """Repeat the part of a method that a grid of config values changes.

    Args:
        experiment: The experiment. Its validation classes are held out of
            all steps.
        method: Such as ``'zs3net'``.
        keys: Values of every config key.
        steps: Steps whose config has the keys; by default the method's last
            training.
        best_gamma: Whether a point is scored at its own best gamma, or at
            the config's.
        oracle: Score the real unseen classes; the results say so.

    Raises:
        ValueError: The split names no validation classes, a method, step or
            key is unknown, or the score does not depend on the keys.
    """
    plain, last = _chain(experiment, method, best_gamma, oracle)
    trained = plain[last].load or last
    targets = list(steps) or [trained]
    _check_targets(plain, targets, keys, method)
    result, scored = {}, {}
    points = make_grid(keys)
    for point in points:
        chain, _ = _chain(_with_values(experiment, targets, point), method,
                          best_gamma, oracle)
        made = _renamed(chain, targets, point, oracle)
        result.update(made)
        scored[point.name] = f'{last}-{point.name}'
        if scored[point.name] not in made:
            raise ValueError(f'step {last!r}, which is scored, does not '
                             f'depend on {", ".join(targets)}')
    split = (experiment if oracle else experiment.held_out()).classes
    return Tuning(result, scored, points, split,
                  'oracle' if oracle else 'validation', tuple(targets))


def _chain(experiment: Experiment, method: str, best_gamma: bool,
           oracle: bool) -> tuple[dict[str, Step], str]:
    """Return a method's steps and the name of the one that is scored."""
    plan = Plan(experiment)
    if not oracle:
        plan = Plan(experiment.held_out(), final=plan)
    found, variant = find_method(method)
    last = found.steps(plan, found.canonical(variant, experiment))
    if best_gamma and found.calibrated:
        last = plan.add(
            GAMMA_STEP, 'calibrate', Config(dict(plan.steps[last].config
                                                 or {})),
            load=last, report=True, arguments=(
                '--out', '{folder}', *(['--oracle'] if oracle else [])))
    plan.check_options()
    return plan.steps, last


def _with_values(experiment: Experiment, targets: Sequence[str],
                 point: Point) -> Experiment:
    options = dict(experiment.options)
    for name in targets:
        options[name] = {**options.get(name, {}), **point.values}
    return replace(experiment, options=options)


def _check_targets(steps: Mapping[str, Step], targets: Sequence[str],
                   keys: Iterable[str], method: str) -> None:
    """Refuse steps that are not there, and keys that these do not have."""
    for name in targets:
        if name not in steps:
            raise ValueError(f'method {method!r} has no step {name!r}.'
                             + hint(name, steps))
        for key in keys:
            _check_key(steps[name], key)


def _check_key(step: Step, key: str) -> None:
    missing = find_missing(step.config, key)
    if missing:
        raise ValueError(
            f'the config of step {step.name!r} has no key {key!r}.'
            + hint(missing.part, missing.known) + ' A key that has a default '
            "in the code only is named first in the experiment's options")


def _renamed(chain: Mapping[str, Step], targets: Sequence[str],
             point: Point, oracle: bool) -> dict[str, Step]:
    """Give the steps that a point changes names of their own."""
    changed = set(targets)  # also where a value is the experiment's own
    for name, step in chain.items():
        if changed.intersection(step.needs):
            changed.add(name)
    names = {name: f'{name}-{point.name}' for name in changed}
    return {names.get(name, name): _copy(step, names, point, oracle)
            for name, step in chain.items()}


def _copy(step: Step, names: Mapping[str, str], point: Point,
          oracle: bool) -> Step:
    if step.name not in names:
        return step

    def rename(text: str) -> str:
        return REFERENCE.sub(
            lambda m: f'{{{names.get(m[1], m[1])}.{m[2]}}}', text)

    config = Config(replace_texts(dict(step.config or {}), rename))
    if step.report:
        config.merge_from_dict(_variant(point))
        if oracle:
            config.merge_from_dict({f'{_RESULTS}.supervision': 'oracle'})
    return replace(
        step, name=names[step.name], config=config.to_dict(),
        load=names.get(step.load, step.load),
        arguments=tuple(map(rename, step.arguments)))


def _variant(point: Point) -> ConfigType:
    """Return options that tell a point's results from those of others."""
    return {
        f'{_RESULTS}.variant.{key.replace(".", "_")}':
        # [6, 12] as 6-12: a table has no room for more.
        value if isinstance(value, (bool, int, float, str)) else
        '-'.join(re.findall(r'[\w.+]+', str(value)))
        for key, value in zip(short_keys(point.values),
                              point.values.values())
    }
