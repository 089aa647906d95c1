"""Remove folders that no step of an experiment refers to any more.

Examples:
    # look, and be asked
    mmseg-zeroshot clean farm.py

    # keep only what two methods need, without being asked
    mmseg-zeroshot clean farm.py spnet zs3net --yes

A folder stays if a step of the experiment, as it is now, would use it: a step
of any method and seed, or of those that you name. The command looks at nothing
but what `mmseg-zeroshot run` has made. It refuses while a run uses the work
dir.
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mmseg_zeroshot.experiments.experiment import Experiment
from mmseg_zeroshot.experiments.methods import make_plan
from mmseg_zeroshot.experiments.running import (
    Leftover,
    Task,
    find_leftovers,
    lock,
    make_tasks,
)
from mmseg_zeroshot.utils import exit_code
from mmseg_zeroshot.utils.sizes import readable_size

from ._arguments import make_parser
from ._experiment import (
    add_experiment,
    every_method,
    read_experiment,
    seeds_in,
)


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    add_experiment(parser)
    parser.add_argument('methods', nargs='*', metavar='METHOD[:VARIANT]',
                        help='whose folders stay (default: of all)')
    parser.add_argument('--seeds', type=int, nargs='+',
                        help='whose folders stay (default: of all)')
    parser.add_argument('--yes', action='store_true',
                        help='remove without asking')
    # Methods may stand before and behind options.
    return parser.parse_intermixed_args(argv)


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: The experiment or a method is wrong, or there is nobody
            to ask.
        RuntimeError: A run uses the work dir.
    """
    experiment = read_experiment(args)
    if not args.work_dir.is_dir():
        raise ValueError(f'there is no folder {args.work_dir}: name the one '
                         'of the run by --work-dir')
    kept = kept_tasks(experiment, args)
    with lock(args.work_dir):
        found = find_leftovers(args.work_dir, kept)
        for leftover in found:
            print(leftover)
        if not found:
            print(f'nothing to remove in {args.work_dir}')
        elif args.yes or agreed(found):
            for leftover in found:
                leftover.remove()
            print(f'removed {len(found)} folders')


def kept_tasks(experiment: Experiment,
               args: argparse.Namespace) -> list[Task]:
    """Return the tasks whose folders stay.

    Args:
        experiment: The experiment.
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: A named method is unknown, or does not fit.
    """
    seeds = args.seeds or seeds_in(args.work_dir) or [0]
    tasks: list[Task] = []
    for method in args.methods or every_method():
        try:
            plan = make_plan(experiment, [method])
        except ValueError as error:
            if args.methods:
                raise
            print(f'{method} has no steps in this experiment: {error}')
            continue
        tasks += make_tasks(plan.steps.values(), seeds, args.work_dir)
    return tasks


def agreed(found: Sequence[Leftover]) -> bool:
    """Ask whether to remove folders.

    Args:
        found: The folders.

    Raises:
        ValueError: There is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise ValueError('nothing was removed: there is no terminal to ask '
                         'in; add --yes')
    size = readable_size(sum(leftover.size for leftover in found))
    answer = input(f'Remove these {len(found)} folders ({size})? [y/N] ')
    return answer.strip().lower() in ('y', 'yes')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    args = parse_args(argv)
    return exit_code(lambda: run(args), RuntimeError)
