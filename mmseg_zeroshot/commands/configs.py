"""Write the configs of an experiment's steps, for mmseg's own tools.

Examples:
    # all steps of ZS3Net with four unseen classes, and their commands
    mmseg-zeroshot configs voc12-zs3-k4 zs3net --out my_configs
    bash my_configs/run.sh

    # one of them on eight GPUs, by MMSegmentation's launcher
    bash tools/dist_train.sh my_configs/seen.py 8

A written config is whole: it inherits nothing and reads no environment
variable. It expects below --work-dir what earlier steps leave.
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.experiments.experiment import load_experiment
from mmseg_zeroshot.experiments.methods import DEFAULT, METHODS, make_plan
from mmseg_zeroshot.experiments.written import step_files, write_files
from mmseg_zeroshot.utils import exit_code

from ._arguments import add_cfg_options, make_parser


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__name__, __doc__)
    parser.add_argument('experiment', help='a file, a folder that holds '
                        'experiment.py, a shipped experiment, or a shipped '
                        'split that one serves')
    parser.add_argument('methods', nargs='*', default=list(DEFAULT),
                        metavar='METHOD[:VARIANT]',
                        help=f'of {", ".join(METHODS)} '
                        f'(default: {" ".join(DEFAULT)})')
    parser.add_argument('--out', type=Path, required=True,
                        help='folder of the files')
    parser.add_argument('--work-dir', type=Path,
                        help='where the steps will leave what they make '
                        '(default: work_dirs/EXPERIMENT)')
    parser.add_argument('--no-calibration', action='store_true',
                        help='leave out the choice of gamma and its row')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace files')
    add_cfg_options(parser, 'config keys to change in every step')
    return parser.parse_args(argv)


def write(args: argparse.Namespace) -> None:
    """Write the files and say which.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: The experiment or a method is unknown or does not fit.
        FileExistsError: A file is there already.
    """
    experiment = load_experiment(args.experiment).changed(args.cfg_options)
    plan = make_plan(experiment, args.methods,
                     calibrate=not args.no_calibration)
    for note in plan.notes():
        print(note)
    work_dir = args.work_dir or Path('work_dirs', experiment.name)
    files = step_files(plan.steps, args.out, work_dir, experiment.name)
    for path in write_files(files, args.out, overwrite=args.overwrite):
        print(f'written: {path}')
    print(f'next: bash {args.out / "run.sh"}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: write(parse_args(argv)))
