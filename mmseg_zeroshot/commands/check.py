"""Find now what would stop an experiment later; nothing is trained.

Examples:
    mmseg-zeroshot check farm.py spnet zs3net --seeds 0 1 2

    # read all masks, and not a sample
    mmseg-zeroshot check farm.py --all-masks

The command builds what the configs of all steps describe, without weights, and
looks at words, files, masks, checkpoints, disk and memory. It prints a table
of what it looked at, the first thing to mend with its place, and the rest. The
exit code is 1 if anything would stop the run.
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.experiments.experiment import load_experiment
from mmseg_zeroshot.experiments.methods import DEFAULT
from mmseg_zeroshot.utils import exit_code

from ._arguments import add_cfg_options, make_parser


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    parser.add_argument(
        'experiment', help='a file that ends in .py, a folder that holds '
        'experiment.py, a shipped experiment, or a shipped split that one '
        'serves')
    parser.add_argument('methods', nargs='*', default=list(DEFAULT),
                        metavar='METHOD[:VARIANT]',
                        help=f'default: {" ".join(DEFAULT)}')
    parser.add_argument('--seeds', type=int, nargs='+', default=[0])
    parser.add_argument('--work-dir', type=Path,
                        help='default: work_dirs/EXPERIMENT')
    parser.add_argument('--no-calibration', action='store_true',
                        help='leave out the choice of gamma and its row')
    parser.add_argument('--all-masks', action='store_true',
                        help='read all masks, and not a sample')
    add_cfg_options(parser, 'config keys to change in every step')
    # Methods may stand before and behind options.
    return parser.parse_intermixed_args(argv)


def run(args: argparse.Namespace) -> int:
    """Check and print what was found.

    Args:
        args: What :func:`parse_args` returns.

    Returns:
        1 if there is an error, else 0.

    Raises:
        ValueError: There is no such experiment, or it cannot be read.
    """
    experiment = load_experiment(args.experiment).changed(args.cfg_options)
    # Not at the top: torch and mmseg come with it.
    from mmseg_zeroshot.experiments.checks import check_experiment
    report = check_experiment(
        experiment, args.methods, calibrate=not args.no_calibration,
        seeds=args.seeds, work_dir=args.work_dir, all_masks=args.all_masks)
    print(report)
    return 1 if report.errors else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        0, or 1 if something would stop the run, or after an error message.
    """
    args = parse_args(argv)
    codes: list[int] = []
    return exit_code(lambda: codes.append(run(args))) or codes[0]


if __name__ == '__main__':
    raise SystemExit(main())
