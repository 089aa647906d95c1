"""Label unlabelled images with a trained zero-shot model (self-training).

Examples:
    # the config says what to label and where to write
    mmseg-zeroshot pseudo-label configs/zs5net/CONFIG.py ZS3NET.pth

    # any zero-shot model; the images are those of its training set
    mmseg-zeroshot pseudo-label configs/spnet/CONFIG.py SPNET.pth \\
        --out work_dirs/pseudo_labels --p 25

The command segments every image as a test does. In each image it keeps the
surest p % of the pixels that it predicts as an unseen class, where no seen
label stands. The images are those of a list (--unlabelled), or those that
mode='drop' leaves out of training. Without either, the command labels the
pixels without a seen label in all images.

It never reads which unseen class a label is of. mode='drop' reads per image
that there is one, and mode='ignore' per pixel, together with borders and
ignored classes. The labels of images on a list are not read at all.

The folder gets `maps/*.png` (class ids, 255 where there is none),
`manifest.json` (model, split, p and what every map holds) and `preview.png`.
The same command goes on where a killed run stopped. The log is in a folder
beside it. Training reads the folder by
`ZeroShotDataset(pseudo_labels=dict(path='…'))`.

The config has this key, and the command line changes single values::

    pseudo_labels = dict(path='work_dirs/pseudo_labels', p=25)
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial

from mmseg_zeroshot.datasets.self_training.builder import summary
from mmseg_zeroshot.loading import open_config
from mmseg_zeroshot.pseudo_labelling import pseudo_label, read_settings
from mmseg_zeroshot.utils import exit_code
from mmseg_zeroshot.utils.tables import text_table

from ._arguments import add_cfg_options, make_parser


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__name__, __doc__)
    parser.add_argument('config', help='config of the model and the images')
    parser.add_argument('checkpoint', help='weights of the trained model')
    parser.add_argument('--out', help='folder to write')
    parser.add_argument('--p', type=float, help='percentage that is kept of '
                        "an image's pixels that are predicted unseen "
                        '(default: 25)')
    parser.add_argument('--unlabelled', help='text file of the images whose '
                        'own labels are not used, one name a line')
    parser.add_argument('--flip', action='store_true', default=None,
                        help='keep only what the mirrored image confirms')
    parser.add_argument('--scales', type=float, nargs='+',
                        help='keep only what these sizes confirm, such as '
                        '0.75 1.25')
    parser.add_argument('--previews', type=int,
                        help='images in preview.png (default: 6)')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace pseudo-labels of something else')
    add_cfg_options(parser)
    return parser.parse_args(argv)


def run(args: argparse.Namespace) -> None:
    """Make the pseudo-labels that the arguments ask for.

    Args:
        args: What :func:`parse_args` returns.
    """
    config = open_config(args.config, args.cfg_options)
    settings = read_settings(config, dict(
        path=args.out, p=args.p, flip=args.flip, scales=args.scales,
        previews=args.previews))
    manifest = pseudo_label(
        config, args.checkpoint, settings, unlabelled=args.unlabelled,
        overwrite=args.overwrite, report=partial(print, flush=True))
    print(text_table(summary(manifest)))
    print(f'written to {settings.path}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)), RuntimeError)
