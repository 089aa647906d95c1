"""Train, evaluate and look at zero-shot segmentation on embedded images.

    mmseg-zeroshot demo                   # one seed, in minutes on two cores
    mmseg-zeroshot demo --seeds 0 1 2     # mean and spread

This runs the shipped experiment `demo` (see `mmseg-zeroshot run`): a network
without zero-shot, SPNet, DeViSE and ZS3Net. It prints their table and writes
`results.json`, `results.md` and `panel.png`: image, truth and predictions.
Nothing is downloaded; the images are drawn on first use. Another processor
rounds differently, and one seed may end ten points away: compare means.
"""
from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from . import run
from ._arguments import make_parser

METHODS = ('seen', 'spnet', 'devise', 'zs3net')


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    parser.add_argument('--work-dir', type=Path,
                        default=Path('work_dirs/demo'))
    parser.add_argument('--seeds', type=int, nargs='+', default=[0])
    parser.add_argument('--jobs', type=int, default=min(os.cpu_count() or 1,
                                                        2),
                        help='steps side by side (default: 2 where there '
                        'are two cores)')
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code of the run.
    """
    args = parse_args(argv)
    return run.main([
        'demo', *METHODS, '--work-dir', str(args.work_dir),
        '--jobs', str(args.jobs), '--seeds', *map(str, args.seeds)])
