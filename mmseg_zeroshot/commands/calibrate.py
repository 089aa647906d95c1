"""Choose the calibration factor gamma from one pass over the val set.

Examples:
    # a model that was trained without the validation classes (a shipped
    # split '…-cv', or hold_out=True in a split of your own)
    mmseg-zeroshot calibrate CONFIG_CV CHECKPOINT_CV --out work_dirs/gamma
    # the gamma that is best for the real unseen classes: an upper bound
    mmseg-zeroshot calibrate CONFIG CHECKPOINT --split-role oracle

Gamma is subtracted from the probabilities of seen classes, which a trained
network prefers. The command chooses it on validation classes: seen classes
that the training left out. It reads the images of the config's
``val_dataloader``, which had better be images that no result is reported on.

It writes ``gamma.py`` (a config fragment), ``gamma_curve.json`` (scores at all
gammas), ``gamma_curve.png``, ``values.json`` (the gamma, for ``run`` and
``tune``) and ``zero_shot_results.json`` (the record of the best gamma). It
uses labels of real unseen classes under ``--split-role oracle`` (or
``--oracle``) only, and the outputs say so.
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.calibration import ROLES, choose_gamma
from mmseg_zeroshot.loading import open_config
from mmseg_zeroshot.utils import exit_code

from ._arguments import add_cfg_options, make_parser


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; those of the process by default.
    """
    parser = make_parser(__name__, __doc__)
    parser.add_argument(
        'config', help='config file; its val_dataloader gives the images')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument(
        '--split-role', choices=ROLES, default='validation',
        help="what the split's unseen classes are: held-out validation "
        'classes, or the real unseen ones (default: validation)')
    parser.add_argument(
        '--oracle', dest='split_role', action='store_const', const='oracle',
        help='short for --split-role oracle')
    parser.add_argument(
        '--out', help='folder for the outputs (default: calibration/ in the '
        "checkpoint's folder)")
    add_cfg_options(parser)
    return parser.parse_args(argv)


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        ValueError: Model, data and role do not fit together.
    """
    folder = Path(args.out or Path(args.checkpoint).parent / 'calibration')
    config = open_config(args.config, args.cfg_options)
    curve = choose_gamma(config, args.checkpoint, folder,
                         role=args.split_role)
    best, zero = curve.best(), curve.table()[0]
    print(f'\n{args.split_role}: gamma {best["gamma"]:.2f} gives hIoU '
          f'{best["hIoU"]:.2f} (seen {best["seen"]["mIoU"]:.2f}, unseen '
          f'{best["unseen"]["mIoU"]:.2f}); gamma 0 gives {zero["hIoU"]:.2f}; '
          f'area {curve.area():.2f}\nwritten to {folder}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
