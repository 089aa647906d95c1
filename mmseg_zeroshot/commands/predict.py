"""Segment photos with a trained model, in your own words.

Examples:
    # two more classes by their names, one class dropped, one renamed
    mmseg-zeroshot predict CONFIG CHECKPOINT photos/ 'more/*.jpg' \\
        --add-classes "zebra, traffic light" --embeddings glove-6b-50d \\
        --drop-classes person --rename-classes "tvmonitor=screen"

    # ZS3Net learns added classes in seconds, from the bank of its steps
    mmseg-zeroshot predict CONFIG CHECKPOINT photos/ \\
        --add-classes zebra --bank work_dirs/stage0/bank

The output folder gets overlays (vis/*.jpg, unseen classes with a star, added
ones with a plus), masks of class ids (pred/*.png) and areas.json. Ids of the
model's own classes stay, and added classes follow them. Classes that the
model's split ignores may be added too. The options have the names of
MMSegInferencer's.
"""
from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from functools import partial

from mmseg_zeroshot.experiments.config_files import quiet
from mmseg_zeroshot.prediction import (
    Predictor,
    Vocabulary,
    photo_config,
    segment_photos,
    usable_photos,
)
from mmseg_zeroshot.semantics.name_lists import parse_names
from mmseg_zeroshot.utils import exit_code
from mmseg_zeroshot.utils.images import find_images
from mmseg_zeroshot.utils.pictures import read_picture
from mmseg_zeroshot.visualization.predictions import PredictionWriter

from ._arguments import (
    add_cfg_options,
    add_names,
    make_parser,
)


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__name__, __doc__)
    add = parser.add_argument
    add('config', help='config of the model')
    add('checkpoint', help='its weights')
    add('images', nargs='+', help='files, folders or glob patterns')
    add_names(parser, '--add-classes', help='classes to predict too')
    add_names(parser, '--drop-classes', help='classes to predict no longer')
    add_names(parser, '--rename-classes', parse=_pairs, default={},
              metavar='OLD=NEW', help='other names, without another vector')
    add('--embeddings', nargs='+', help='where the vectors of added classes '
        'come from: a shipped table or .npz files (default: the config\'s)')
    add('--bank', help='ZS3Net: feature bank that the classifier is '
        'retrained on (default: the config\'s)')
    add('--iterations', type=int, default=500,
        help='ZS3Net: steps of that training (default: 500)')
    add('--seed', type=int, default=0, help='ZS3Net: its seed (default: 0)')
    add('--out-dir', default='predictions', help='default: predictions')
    add('--img-out-dir', default='vis', help="default: vis; '' for none")
    add('--pred-out-dir', default='pred', help="default: pred; '' for none")
    add('--opacity', type=float, default=0.6, help='of colours: 0 to 1')
    add('--no-labels', action='store_true', help='overlays without legend')
    add('--device', help='such as cpu or cuda:0 (default: what is there)')
    add('--batch-size', type=int, default=1,
        help='images of one size that are segmented together (default: 1)')
    add('--size', type=int, nargs=2, metavar=('LONG', 'SHORT'),
        help='largest sides of what the network sees, instead of the test '
        'pipeline\'s; masks have the image\'s own size')
    add('--max-pixels', type=int, default=25_000_000,
        help='skip larger images (default: 25,000,000)')
    add_cfg_options(parser, 'config keys to change, such as '
                    'model.decode_head.gamma=0.4')
    args = parser.parse_args(argv)
    if args.batch_size < 1 or args.iterations < 1:
        parser.error('--batch-size and --iterations must be at least 1')
    if not 0 <= args.opacity <= 1:
        parser.error(f'--opacity must be in [0, 1], got {args.opacity}')
    return args


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs = {}
    # A text with one pair is that pair, also if the old name has blanks.
    single = len(texts) == 1 and re.fullmatch(r'[^=,"\']+=[^=,"\']+', texts[0])
    for text in texts if single else parse_names(texts):
        old, _, new = (part.strip() for part in text.partition('='))
        if not old or not new or '=' in new:
            raise ValueError(f'{text!r} is no renaming: write OLD=NEW, such '
                             'as tvmonitor=screen')
        pairs[old] = new
    return pairs


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: Something does not fit, or an image could not be
            segmented; then all others have been.
    """
    photos, unreadable = usable_photos(find_images(args.images),
                                       args.max_pixels)
    problems = list(unreadable)
    with quiet():
        config = photo_config(args.config, args.cfg_options, args.size)
        predictor = Predictor(config, args.checkpoint, device=args.device,
                              show_progress=False)
    groups = Vocabulary(
        add=args.add_classes, drop=args.drop_classes,
        rename=args.rename_classes, embeddings=args.embeddings,
        bank=args.bank, iterations=args.iterations, seed=args.seed,
    ).apply(predictor.model, config)
    writer = PredictionWriter(
        args.out_dir, list(groups), groups, img_out_dir=args.img_out_dir,
        pred_out_dir=args.pred_out_dir, opacity=args.opacity,
        with_labels=not args.no_labels,
        read=partial(read_picture,
                     steps=config.test_dataloader.dataset.pipeline))
    try:
        problems += segment_photos(predictor, photos, writer, args.batch_size)
    finally:
        path = writer.finish(config=args.config, checkpoint=args.checkpoint,
                             skipped=problems)
    print(f'written to {path.parent}')
    for problem in problems:
        print(f'skipped: {problem}', file=sys.stderr)
    if problems:
        raise ValueError(f'{len(problems)} of '
                         f'{len(photos) + len(unreadable)} images skipped')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error or where an image is skipped.
    """
    return exit_code(lambda: run(parse_args(argv)), RuntimeError)
