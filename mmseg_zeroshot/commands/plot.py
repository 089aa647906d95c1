"""Plot curves of results, gamma curves and confusion tables.

Examples:
    # few-label: a score over n, a line a method, a band of one deviation
    mmseg-zeroshot plot curves work_dirs/few_label --x n \\
        --scores 'Unseen mIoU' --log --out few_label
    # the gamma curves of several seeds as one
    mmseg-zeroshot plot gamma seed*/calibration/gamma_curve.json
    # the heat map of a confusion.csv that `panels` wrote
    mmseg-zeroshot plot confusion panels/confusion.csv

--x names gamma, or a key of the runs' `variant`: n, p, tau, …
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from mmseg_zeroshot.results import collect_records
from mmseg_zeroshot.utils import exit_code
from mmseg_zeroshot.utils.tables import score_headings
from mmseg_zeroshot.visualization import (
    read_confusion_csv,
    save_confusion_map,
    save_curves,
)
from mmseg_zeroshot.visualization.record_curves import (
    gamma_curves,
    record_curves,
)

from ._arguments import make_parser


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    kinds = parser.add_subparsers(dest='kind', required=True)
    curves = kinds.add_parser('curves', help='scores over a parameter')
    curves.add_argument('paths', nargs='+', type=Path,
                        help='results files, or folders of them')
    curves.add_argument('--x', required=True, help='gamma, n, p, tau, …')
    curves.add_argument('--scores', nargs='+', default=['hIoU'],
                        choices=score_headings(), metavar='SCORE',
                        help='such as hIoU (the default), "Unseen mIoU"')
    curves.add_argument('--xlabel', help='by default what --x says')
    curves.add_argument('--log', action='store_true',
                        help='space the x logarithmically')
    curves.add_argument('--split', help='only runs on this split')
    curves.add_argument('--method', nargs='+', help='only these methods')
    gamma = kinds.add_parser('gamma', help='gamma curves of several seeds')
    gamma.add_argument('paths', nargs='+', type=Path,
                       help='gamma_curve.json files')
    confusion = kinds.add_parser('confusion', help='seen/unseen confusion')
    confusion.add_argument('paths', nargs=1, type=Path,
                           help='confusion.csv file')
    for kind in (curves, gamma, confusion):
        kind.add_argument('--out', type=Path, help='file without its ending '
                          '(default: that of the first file, or curves)')
        kind.add_argument('--formats', nargs='+', default=['png', 'svg'],
                          choices=('png', 'svg'))
        kind.add_argument('--title', default='')
    return parser.parse_args(argv)


def curves_plot(args: argparse.Namespace) -> Callable[[Path], None]:
    """Read results files; return what draws their curves into a file.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: there is no such run.
    """
    found = collect_records(args.paths)
    for text in found.skipped:
        print(f'skipped: {text}', file=sys.stderr)
    records = [record for record in found.records
               if args.split in (None, record['split'])
               and (args.method is None or record['method'] in args.method)]
    if not records:
        raise ValueError(
            f'no results in {", ".join(map(str, args.paths))} fit '
            f'({len(found.records)} found)')
    ylabel = args.scores[0] if len(args.scores) == 1 else 'score'
    return partial(
        save_curves, curves=record_curves(records, args.x, args.scores),
        xlabel=args.xlabel or args.x, ylabel=f'{ylabel} (%)',
        title=args.title, log=args.log)


def gamma_plot(args: argparse.Namespace) -> Callable[[Path], None]:
    """Read gamma curves; return what draws them into a file."""
    return partial(save_curves, curves=gamma_curves(args.paths),
                   xlabel='gamma', ylabel='%', title=args.title)


def confusion_plot(args: argparse.Namespace) -> Callable[[Path], None]:
    """Read a confusion table; return what draws it into a file."""
    return partial(save_confusion_map, table=read_confusion_csv(
        args.paths[0]), title=args.title)


PLOTS = dict(curves=curves_plot, gamma=gamma_plot, confusion=confusion_plot)


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.
    """
    draw = PLOTS[args.kind](args)
    stem = args.out or (Path('curves') if args.kind == 'curves'
                        else args.paths[0].with_suffix(''))
    for suffix in args.formats:
        path = stem.with_name(f'{stem.name}.{suffix}')
        draw(path)
        print(f'written to {path}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
