"""What commands on an experiment have in common."""
from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmseg_zeroshot.utils.cfg_options import parse_options

if TYPE_CHECKING:
    from mmseg_zeroshot.experiments.experiment import Experiment
    from mmseg_zeroshot.experiments.plan import Plan


def add_experiment(parser: argparse.ArgumentParser) -> None:
    """Add the experiment, its work dir and config keys to change.

    Args:
        parser: The command's parser.
    """
    parser.add_argument(
        'experiment', help='a file that ends in .py, or the name of a '
        'shipped experiment or split')
    parser.add_argument('--work-dir', type=Path,
                        help='default: work_dirs/EXPERIMENT')
    parser.add_argument('--cfg-options', nargs='+', default=[],
                        metavar='KEY=VALUE',
                        help='config keys to change in every step')


def read_experiment(args: argparse.Namespace) -> Experiment:
    """Return the experiment with what the command line changes.

    Args:
        args: Of a parser with :func:`add_experiment`. Its ``work_dir`` is
            set where none was given.

    Raises:
        ValueError: There is no such experiment, or it is wrong.
    """
    # Not at the top: torch comes with it, and `--help` needs none.
    from mmseg_zeroshot.experiments.experiment import load_experiment
    experiment = load_experiment(args.experiment)
    args.work_dir = args.work_dir or Path('work_dirs', experiment.name)
    return with_options(experiment, parse_options(args.cfg_options))


def with_options(experiment: Experiment,
                 options: Mapping[str, Any]) -> Experiment:
    """Return an experiment with config keys changed in every step.

    Args:
        experiment: The experiment.
        options: Values by config key; they win over those that the
            experiment gives a step.
    """
    steps = {name: {key: value for key, value in given.items()
                    if key not in options}
             for name, given in experiment.options.items()}
    everywhere = {**steps.get('all', {}), **options}
    return replace(experiment, options={**steps, 'all': everywhere})


def make_plan(experiment: Experiment, methods: Iterable[str]) -> Plan:
    """Return the steps of methods.

    Args:
        experiment: The experiment.
        methods: ``METHOD`` or ``METHOD:VARIANT``.

    Raises:
        ValueError: A method is unknown, or does not fit the experiment.
    """
    from mmseg_zeroshot.experiments.methods import find_method
    from mmseg_zeroshot.experiments.plan import Plan
    plan = Plan(experiment)
    for text in methods:
        method, variant = find_method(text)
        method.add_to(plan, variant)
    return plan


def every_method() -> list[str]:
    """Return every method under every variant."""
    from mmseg_zeroshot.experiments.methods import METHODS
    return [f'{name}:{variant}' if variant else name
            for name, method in METHODS.items()
            for variant in (method.variants or [''])]
