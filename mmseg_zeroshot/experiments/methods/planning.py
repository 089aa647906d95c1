"""From the names of methods to the steps of an experiment."""
from __future__ import annotations

from collections.abc import Sequence

from mmseg_zeroshot.experiments.experiment import Experiment
from mmseg_zeroshot.experiments.plan import Plan

from .registry import find_method

DEFAULT = ('seen', 'spnet', 'zs3net')


def make_plan(experiment: Experiment, methods: Sequence[str] = DEFAULT,
              *, calibrate: bool = True) -> Plan:
    """Return the steps of some methods on an experiment.

    Args:
        experiment: The experiment.
        methods: Such as ``['spnet', 'zs3net:paper']``.
        calibrate: Whether calibrated rows are added.

    Returns:
        The plan; steps that methods share are there once.

    Raises:
        ValueError: A method is unknown or named twice, the experiment does
            not fit it, or no step has an option of all steps.
    """
    found = [(method, method.canonical(variant, experiment))
             for method, variant in map(find_method, methods)]
    for number, one in enumerate(found):
        if one in found[:number]:
            raise ValueError(f'method {methods[number]!r} is named twice')
    plan = Plan(experiment)
    for method, variant in found:
        if calibrate:
            method.add_to(plan, variant)
        else:
            method.steps(plan, variant)
    plan.check_options()
    return plan
