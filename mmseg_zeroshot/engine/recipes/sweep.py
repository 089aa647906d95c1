"""A recipe over a grid of config values: which steps run for which point."""
from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmengine.config import Config

from mmseg_zeroshot.semantics import ClassSplit, build_split
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils.config_text import short_keys

from .recipe import Recipe, Step, rename_references
from .state import step_config


@dataclass(frozen=True)
class Point:
    """One point of a grid.

    Attributes:
        values: Value of every config key.
        name: Ends the names of the steps that run for it.
    """

    values: dict[str, Any]
    name: str


@dataclass(frozen=True)
class Sweep:
    """A recipe whose steps are repeated for every point of a grid.

    Attributes:
        recipe: With all steps, those that no point changes once.
        scored: Name of the step that gives a point's score, by its name.
        points: The grid.
        split: Split of the scores.
        label: ``'validation'`` or ``'oracle'``.
    """

    recipe: Recipe
    scored: dict[str, str]
    points: tuple[Point, ...]
    split: ClassSplit
    label: str


def make_grid(keys: Mapping[str, Sequence[Any]]) -> tuple[Point, ...]:
    """Return all combinations of values, the last key changing fastest.

    Args:
        keys: Values of every config key.

    Raises:
        ValueError: a key has no value, or one twice.
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


def make_sweep(recipe: Recipe,
               keys: Mapping[str, Sequence[Any]],
               *,
               steps: Sequence[str] = (),
               score: str = '',
               cfg_options: Sequence[str] = (),
               oracle: bool = False) -> Sweep:
    """Repeat the part of a recipe that a grid of config values changes.

    Steps that do not depend on the grid run once, and those that the score
    does not need are left out.

    Args:
        recipe: The recipe.
        keys: Values of every config key.
        steps: Steps whose config has the keys; may be left out if the
            recipe has only one.
        score: The step that is scored; by default the last that reports
            and depends on the grid.
        cfg_options: Config keys that the user changes in every step.
        oracle: Score the real unseen classes. Everything that depends on
            the grid is then labelled ``'oracle'``.

    Raises:
        ValueError: an unknown step or key, a key that is changed elsewhere
            too, or classes that must not be scored.
    """
    targets = _targets(recipe, steps)
    changed = _dependants(recipe, targets)
    scored = _scored_step(recipe, changed, score)
    needed = _needed(recipe, scored)
    for name in targets:
        if name not in needed:
            raise ValueError(f'step {scored!r}, which is scored, does not '
                             f'depend on step {name!r}')
        _check_keys(recipe, name, keys, cfg_options)
    split = _checked_split(_step(recipe, scored), recipe, cfg_options, oracle)
    points = make_grid(keys)
    kept = [step for step in recipe.steps if step.name in needed]
    fixed = [step for step in kept if step.name not in changed]
    hooks = {
        step.name: _results_hook(step, recipe, cfg_options, oracle)
        for step in kept if step.name in changed
    }
    copies = [
        _copy(step, point, changed, targets,
              _result_options(hooks[step.name], point, oracle))
        for point in points for step in kept if step.name in changed
    ]
    return Sweep(
        replace(recipe, steps=(*fixed, *copies)),
        {point.name: f'{scored}-{point.name}' for point in points}, points,
        split, 'oracle' if oracle else 'validation')


def _targets(recipe: Recipe, names: Sequence[str]) -> list[str]:
    known = [step.name for step in recipe.steps]
    if not names and len(known) == 1:
        return known
    if not names:
        raise ValueError(f'recipe {recipe.name!r} has several steps: name '
                         f'those that have the keys (--step) of {known}')
    for name in names:
        if name not in known:
            raise ValueError(f'recipe {recipe.name!r} has no step {name!r}.'
                             + hint(name, known))
    return list(names)


def _dependants(recipe: Recipe, names: Iterable[str]) -> set[str]:
    """Return the steps and all that take something from them."""
    found = set(names)
    for step in recipe.steps:
        if found.intersection(step.needs):
            found.add(step.name)
    return found


def _needed(recipe: Recipe, name: str) -> set[str]:
    """Return the step and all that it takes something from."""
    found = {name}
    for step in reversed(recipe.steps):
        if step.name in found:
            found.update(step.needs)
    return found


def _scored_step(recipe: Recipe, changed: set[str], wanted: str) -> str:
    known = [step.name for step in recipe.steps
             if step.reports and step.name in changed]
    if not known:
        raise ValueError(f'no step of recipe {recipe.name!r} that depends on '
                         'the keys reports scores')
    if wanted and wanted not in known:
        raise ValueError(f'step {wanted!r} does not report scores that '
                         f'depend on the keys; take one of {known}')
    return wanted or known[-1]


def _step(recipe: Recipe, name: str) -> Step:
    return next(step for step in recipe.steps if step.name == name)


def _check_keys(recipe: Recipe, name: str, keys: Mapping[str, Sequence[Any]],
                cfg_options: Sequence[str]) -> None:
    """Refuse keys that the step's config does not have."""
    step = _step(recipe, name)
    config = step_config(step, recipe.root, cfg_options)
    given = [option.split('=')[0] for option in cfg_options]
    for key in keys:
        if key in given:
            raise ValueError(f'{key} is both swept and set by --cfg-options')
        place: Any = config
        for part in key.split('.'):
            known = _children(place)
            if part not in known:
                raise ValueError(
                    f'{step.config} of step {name!r} has no key {key!r}.'
                    + hint(part, list(known)) + ' A key that has a default '
                    'in the code only is named first by --cfg-options or '
                    'in the config')
            place = known[part]


def _children(place: Any) -> dict[str, Any]:
    if isinstance(place, (Config, Mapping)):
        return dict(place.items())
    if isinstance(place, (list, tuple)):
        return {str(number): item for number, item in enumerate(place)}
    return {}


def _checked_split(step: Step, recipe: Recipe, cfg_options: Sequence[str],
                   oracle: bool) -> ClassSplit:
    """Return the split that is scored, refusing real unseen classes."""
    config = step_config(step, recipe.root, cfg_options)
    loader = 'test_dataloader' if step.tool == 'test' else 'val_dataloader'
    given = (config.get(loader) or {}).get('dataset', {}).get('split')
    if given is None:
        raise ValueError(f'{step.config}: {loader}.dataset has no split, so '
                         'nobody knows whose classes would be tuned on')
    split = build_split(given)
    if not (oracle or split.held_out):
        raise ValueError(
            f'split {split.name!r} of step {step.name!r} holds no validation '
            f'classes out; its unseen classes ({", ".join(split.unseen[:5])})'
            " are the real ones, on which nothing may be tuned. Take the "
            "split's '-cv' variant in all steps, or hold_out=True in a split "
            'of your own (ZS_HOLD_OUT=1 in the configs that read it), or ask '
            'for an upper bound with --oracle')
    if oracle and split.held_out:
        raise ValueError(f'split {split.name!r} holds validation classes '
                         'out; leave out --oracle')
    return split


def _results_hook(step: Step, recipe: Recipe, cfg_options: Sequence[str],
                  oracle: bool) -> str | None:
    """Return the config key of the hook that writes a step's results."""
    if step.tool not in ('train', 'test'):
        return None
    config: Config = step_config(step, recipe.root, cfg_options)
    for group in ('default_hooks', 'custom_hooks'):
        for key, hook in _children(config.get(group)).items():
            if 'ZeroShotResultsHook' in str((hook or {}).get('type')):
                return f'{group}.{key}'
    if oracle:
        raise ValueError(f'{step.config} has no ZeroShotResultsHook, which '
                         "would label its results as an oracle's")
    return None


def _result_options(hook: str | None, point: Point,
                    oracle: bool) -> dict[str, Any]:
    """Return options that tell a point's results from those of others.

    The point's values become the record's variant; an oracle's label too.
    """
    if hook is None:
        return {}
    options: dict[str, Any] = {f'{hook}.label': 'oracle'} if oracle else {}
    for key, value in zip(short_keys(point.values), point.values.values()):
        plain = isinstance(value, (bool, int, float, str))
        name = key.replace('.', '_')
        options[f'{hook}.variant.{name}'] = (
            # [6, 12] as 6-12: a command line would take it for a list.
            value if plain else '-'.join(re.findall(r'[\w.+]+', str(value))))
    return options


def _copy(step: Step, point: Point, changed: set[str],
          targets: Sequence[str], results: Mapping[str, Any]) -> Step:
    """Return a step as it runs for a point."""
    names = {name: f'{name}-{point.name}' for name in changed}
    options = {**step.options, **results}
    if step.name in targets:
        options.update(point.values)
    return rename_references(replace(step, options=options), names)
