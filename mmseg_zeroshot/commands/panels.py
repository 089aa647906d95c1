"""Look at a model: panels, best and hardest images, confusion.

Examples:
    # image, truth, the network without zero-shot, and with it
    mmseg-zeroshot panels CONFIG CHECKPOINT --title SPNet \\
        --against SEEN_CONFIG SEEN_CHECKPOINT 'without zero-shot'
    # the two best and the two hardest images of some classes
    mmseg-zeroshot panels CONFIG CHECKPOINT --each 2 --classes cow cat

One pass over the config's test set makes these files in --out, pictures as PNG
and SVG: `panel` (images that show most of the unseen classes, which are
outlined and starred), `classes/NAME` (best and hardest images), `confusion` (a
heat map, and a .csv for `mmseg-zeroshot plot`) and `images.json`, the IoU of
every class in every image.
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmengine.utils import track_iter_progress

from mmseg_zeroshot.evaluation.image_scores import score_images
from mmseg_zeroshot.prediction.data_set_images import (
    check_same_classes,
    load_tester,
    segment_places,
    segmented,
    split_of_test_set,
)
from mmseg_zeroshot.semantics.name_lists import names_among
from mmseg_zeroshot.semantics.names import resolve
from mmseg_zeroshot.utils import exit_code
from mmseg_zeroshot.visualization.model_panels import (
    choose_examples,
    save_image_scores,
    save_model_panels,
)

from ._arguments import (
    add_cfg_options,
    add_names,
    make_parser,
)


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    parser.add_argument('config', help='its test_dataloader gives the images')
    parser.add_argument('checkpoint')
    parser.add_argument('--title', default='prediction',
                        help="heading of the model's column")
    parser.add_argument('--against', nargs=3, action='append', default=[],
                        metavar=('CONFIG', 'CHECKPOINT', 'TITLE'),
                        help='another model, shown to the left; repeatable')
    parser.add_argument('--out', type=Path, help='folder (default: panels/ in '
                        "the checkpoint's folder)")
    parser.add_argument('--images', type=int, default=4,
                        help='images in the panel (default: %(default)s)')
    parser.add_argument('--each', type=int, default=2,
                        help='best and hardest images of a class; 0 for none '
                        '(default: %(default)s)')
    add_names(parser, '--classes',
              help='classes of these (default: the unseen ones)')
    parser.add_argument('--formats', nargs='+', default=['png', 'svg'],
                        choices=('png', 'svg'))
    add_cfg_options(parser, 'config keys of CONFIG to change')
    args = parser.parse_args(argv)
    for name in ('images', 'each'):
        if getattr(args, name) < 0:
            parser.error(f'--{name} must be 0 or more, got '
                         f'{getattr(args, name)}')
    return args


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.
    """
    folder = args.out or Path(args.checkpoint).parent / 'panels'
    runner = load_tester(args.config, args.checkpoint, folder / 'run',
                         args.cfg_options)
    split = split_of_test_set(runner)
    classes = [resolve(name, split.classes)
               for name in names_among(args.classes or split.unseen,
                                       split.classes)]
    others = []
    for number, (config, checkpoint, _) in enumerate(args.against):
        others.append(load_tester(config, checkpoint,
                                  folder / f'run-against{number}'))
        check_same_classes(others[-1], split)
    loader = runner.test_dataloader
    scores = score_images(
        segmented(runner, track_iter_progress((loader, len(loader)))),
        split.num_classes)
    save_image_scores(folder, scores, split, title=args.title,
                      checkpoint=args.checkpoint, formats=args.formats)
    chosen = choose_examples(scores, split, classes, images=args.images,
                             each=args.each)
    rows = segment_places(runner, loader.dataset, chosen.places())
    for other in reversed(others):
        for place, row in segment_places(other, loader.dataset,
                                         chosen.places()).items():
            rows[place].insert(2, row[2])
    titles = ['image', 'truth', *(given[2] for given in args.against),
              args.title]
    save_model_panels(folder, rows, chosen, scores, split, titles=titles,
                      formats=args.formats)
    print(f'\n{len(scores.names)} images; written to {folder}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
