"""Calibrated rows: no gamma is chosen on labels of unseen classes."""
from collections.abc import Mapping
from typing import Any

import pytest

from mmseg_zeroshot.experiments.experiment import (
    load_experiment,
    shipped_experiments,
)
from mmseg_zeroshot.experiments.methods import METHODS, make_plan
from mmseg_zeroshot.experiments.step import Step
from mmseg_zeroshot.semantics import build_split

GAMMA = 'model.decode_head.gamma'
WRITTEN = {'demo': {'spnet': 0.22, 'zs3net': 0.25}}
"""Chosen on validation classes as well, and written down."""


def calibrated(name: str) -> Mapping[str, Step]:
    """Return all steps of an experiment's calibrated methods."""
    methods = [method for method, made in METHODS.items() if made.calibrated]
    if not name.startswith(('compositions-dense', 'context')):
        methods.remove('zs3net-gc')
    return make_plan(load_experiment(name), methods).steps


def test_only_known_gammas_are_written_down() -> None:
    found = {}
    for name in shipped_experiments():
        given = load_experiment(name).gamma
        chosen = {method: gamma for method, gamma in given.items()
                  if gamma is not None}
        if chosen:
            found[name] = chosen
    assert found == WRITTEN


@pytest.mark.parametrize('name', ['compositions', 'voc-animals',
                                  'compositions-dense', 'voc12-spnet'])
def test_gamma_is_chosen_without_unseen_labels(name: str) -> None:
    steps = calibrated(name)
    tests = [step for step in steps.values() if step.command == 'test']
    assert len(tests) >= 4
    for test in tests:
        gamma = steps[f'gamma-{test.load}']
        assert head(test)['gamma'] == f'{{{gamma.name}.value:{GAMMA}}}'
        assert gamma.command == 'calibrate' and not gamma.report
        final = split_of(steps[test.load], 'val')
        # All that gamma depends on is a training of its own.
        pending = [gamma.name]
        while pending:
            part = steps[pending.pop()]
            pending += part.needs
            assert part is gamma or part.name.startswith('held-out')
            assert not part.seeded and not part.report
            for loop in ('train', 'val'):
                if f'{loop}_dataloader' not in (part.config or {}):
                    continue
                split = split_of(part, loop)
                assert split.held_out
                assert set(split.unseen) == set(final.validation)
                assert set(final.unseen) <= set(split.ignored)


@pytest.mark.parametrize('name', ['voc12-zs3-k2', 'context-zs3-k4'])
def test_without_validation_classes_nothing_is_calibrated(name: str) -> None:
    steps = make_plan(load_experiment(name), ['spnet', 'zs3net']).steps
    assert {step.command for step in steps.values()} == {
        'train', 'build-feature-bank'}


def head(step: Step) -> Any:
    return (step.config or {})['model']['decode_head']


def split_of(step: Step, loop: str) -> Any:
    return build_split(
        (step.config or {})[f'{loop}_dataloader']['dataset']['split'])
