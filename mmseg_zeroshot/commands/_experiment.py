"""What commands on an experiment and its work dir have in common."""
from __future__ import annotations

import argparse
from pathlib import Path

from mmseg_zeroshot.experiments.experiment import Experiment, load_experiment
from mmseg_zeroshot.experiments.methods import METHODS

from ._arguments import add_cfg_options


def add_experiment(parser: argparse.ArgumentParser) -> None:
    """Add the experiment, its work dir and config keys to change.

    Args:
        parser: The command's parser.
    """
    parser.add_argument(
        'experiment', help='a file that ends in .py, a folder that holds '
        'experiment.py, a shipped experiment, or a shipped split that one '
        'serves')
    parser.add_argument('--work-dir', type=Path,
                        help='default: work_dirs/EXPERIMENT')
    add_cfg_options(parser, 'config keys to change in every step')


def read_experiment(args: argparse.Namespace) -> Experiment:
    """Return the experiment with what the command line changes.

    Args:
        args: Of a parser with :func:`add_experiment`. Its ``work_dir`` is
            set where none was given.

    Raises:
        ValueError: There is no such experiment, or it is wrong.
    """
    experiment = load_experiment(args.experiment)
    args.work_dir = args.work_dir or Path('work_dirs', experiment.name)
    return experiment.changed(args.cfg_options)


def every_method() -> list[str]:
    """Return every method under every variant."""
    return [f'{name}:{variant}' if variant else name
            for name, method in METHODS.items()
            for variant in (method.variants or [''])]


def seeds_in(work_dir: Path) -> list[int]:
    """Return the seeds that have a folder.

    Args:
        work_dir: Folder of the runs.
    """
    return sorted(int(path.name[4:]) for path in work_dir.glob('seed*')
                  if path.name[4:].isdigit())
