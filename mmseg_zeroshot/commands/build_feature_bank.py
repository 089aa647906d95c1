"""Extract a training set's pixel features once, for the stages after stage 0.

Examples:
    # the config's key `feature_bank` says what to extract
    mmseg-zeroshot build-feature-bank CONFIG work_dirs/stage0/iter_20000.pth

    # four processes on a CPU; one per GPU is the default where there are any
    mmseg-zeroshot build-feature-bank CONFIG CHECKPOINT --workers 4

The config's key::

    feature_bank = dict(
        path='work_dirs/voc12-zs3-k2/bank',
        dataset=dict(type='ZeroShotDataset', mode='drop', split=split,
                     dataset=inner, pipeline=train_pipeline),
        views=1, max_vectors=128, seed=0, batch_size=8)

With ``graphs=dict(min_pixels=4, pixels=8)`` the bank also keeps each image's
region graph, for graph context.

The same command goes on where a killed build stopped, and leaves a bank alone
that is up to date. Images of different sizes do not share a batch: a `Pad`
step in the pipeline makes small ones as large as the crop.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial

from mmseg_zeroshot.extraction import build_bank
from mmseg_zeroshot.utils import exit_code

from ._arguments import add_cfg_options, make_parser


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__name__, __doc__)
    parser.add_argument('config', help='config with the key feature_bank')
    parser.add_argument('checkpoint', help='weights of the extractor')
    parser.add_argument('--out', help='folder of the bank, instead of '
                        'feature_bank.path')
    parser.add_argument('--workers', type=int, help='processes; default: one '
                        'per device if there are several, else none extra')
    parser.add_argument('--device', nargs='+', help='such as cpu or cuda:1; '
                        'default: all visible GPUs, else cpu')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace a bank made from something else')
    add_cfg_options(parser)
    return parser.parse_args(argv)


def run(args: argparse.Namespace) -> None:
    """Build the bank that the arguments ask for.

    Args:
        args: What :func:`parse_args` returns.
    """
    build_bank(args.config, args.checkpoint, options=args.cfg_options,
               out=args.out, workers=args.workers, devices=args.device,
               overwrite=args.overwrite, report=partial(print, flush=True))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)), RuntimeError)
