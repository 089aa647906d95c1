"""Zero-shot image classification on given features (SPNet, table 4).

Examples:
    # CUB, SUN or AWA in the usual files: SPNet's loss and ALE, three seeds
    mmseg-zeroshot zsl-classification AWA2/res101.mat AWA2/att_splits.mat \
        --name AWA2 --seeds 0 1 2 --out work_dirs/awa2
    # also choose the learning rate on the validation classes
    mmseg-zeroshot zsl-classification … --lr 0.0003 0.001 0.003

The command chooses epochs, learning rate and gamma on the files' validation
classes, by a training without them. Then it trains the classifier anew on all
seen classes. It uses no label of an unseen class.

It writes `results.json` (a record for each method and seed), `results.md` (the
table) and a picture of each method's validation curve over gamma.
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from mmseg_zeroshot.classification.experiment import (
    METHODS,
    ClassificationRecord,
    Training,
    run_experiments,
)
from mmseg_zeroshot.classification.features import load_attribute_features
from mmseg_zeroshot.classification.report import summary, write_outputs
from mmseg_zeroshot.utils import exit_code
from mmseg_zeroshot.utils.tables import text_table

from ._arguments import make_parser


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read and check the command line."""
    parser = make_parser(__name__, __doc__)
    parser.add_argument('features', help='res101.mat')
    parser.add_argument('splits', help='att_splits.mat')
    parser.add_argument('--name', help='name of the data in the table '
                        '(default: the folder of the features)')
    parser.add_argument('--loss', nargs='+', choices=list(METHODS),
                        default=list(METHODS))
    parser.add_argument('--epochs', type=int, default=30,
                        help='at most; fewer if validation says so')
    parser.add_argument('--lr', type=float, nargs='+', default=[0.001],
                        help='learning rates to choose from')
    parser.add_argument('--batch-size', type=int, default=512)
    parser.add_argument('--seeds', type=int, nargs='+', default=[0])
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--out', type=Path,
                        default=Path('work_dirs/zsl_classification'))
    args = parser.parse_args(argv)
    for name in ('epochs', 'batch_size'):
        if getattr(args, name) < 1:
            parser.error(f'--{name.replace("_", "-")} must be at least 1, '
                         f'got {getattr(args, name)}')
    if not all(0 < lr < float('inf') for lr in args.lr):
        parser.error(f'--lr must be positive, got {args.lr}')
    for name in ('seeds', 'loss'):
        if len(set(getattr(args, name))) < len(getattr(args, name)):
            parser.error(f'--{name} names one twice: {getattr(args, name)}')
    return args


def run(args: argparse.Namespace) -> list[ClassificationRecord]:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Returns:
        The records.
    """
    data = load_attribute_features(args.features, args.splits)
    name = args.name or Path(args.features).resolve().parent.name
    print(f'{name}: {len(data.labels)} images, {len(data.seen)} seen classes '
          f'({len(data.validation)} of them for validation), '
          f'{len(data.unseen)} unseen')
    records, curves = run_experiments(
        data, name, losses=args.loss, seeds=args.seeds,
        training=Training(args.lr, args.epochs, args.batch_size, args.device),
        report=partial(print, flush=True))
    write_outputs(args.out, name, records, curves)
    print('\n' + text_table(summary(records)))
    print(f'written to {args.out}')
    return records


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; those of the process by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
