"""Plot the IoU of unseen classes against the size of their objects.

This is SPNet's figure 3, made from results files.

Examples:
    mmseg-zeroshot plot-object-sizes work_dirs/spnet --out sizes.png
    mmseg-zeroshot plot-object-sizes docs/results/voc_animals_words.jsonl \\
        --split unseen-cow-cat --setting generalised --out sizes.svg

The size of an object is the number of pixels of a connected region of the
ground truth (8 neighbours). Objects of a class that touch count as one, and an
object that another one cuts in two counts as two. A class's size is the mean
over the images that were scored. The paper's figure shows the vanilla setting,
in which unseen classes compete alone.

A record without the number of regions takes it from another of the same data
set and split, whatever its method. A record without the plotted score is
skipped.
"""
from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from statistics import mean

from mmseg_zeroshot.results import collect_records
from mmseg_zeroshot.results.record import Record
from mmseg_zeroshot.utils import exit_code
from mmseg_zeroshot.utils.tables import percent, text_table
from mmseg_zeroshot.visualization import save_object_sizes, sized_classes
from mmseg_zeroshot.visualization.object_sizes import (
    Setting,
    SizedClass,
    has_scores,
)

from ._arguments import make_parser


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    parser.add_argument('paths', nargs='+',
                        help='results files, or folders of them')
    parser.add_argument('--out', default='object_sizes.png',
                        help='PNG or SVG file (default: object_sizes.png)')
    parser.add_argument('--setting', choices=('vanilla', 'generalised'),
                        default='vanilla')
    parser.add_argument('--split', help='only records of this split')
    parser.add_argument('--method', nargs='+',
                        help='only records of these methods')
    parser.add_argument('--title', default='')
    return parser.parse_args(argv)


def table(classes: Sequence[SizedClass]) -> str:
    """Return classes, sizes and mean IoU as a text table.

    Args:
        classes: Ordered by size.
    """
    methods = list(dict.fromkeys(m for c in classes for m in c.scores))
    rows = [['class', 'mean pixels', 'regions', *methods]]
    rows += [[entry.name, f'{entry.size:,.0f}', str(entry.regions),
              *(percent(mean(entry.scores[method]))
                if method in entry.scores else '-' for method in methods)]
             for entry in classes]
    return text_table(rows)


def with_scores(records: Sequence[Record],
                setting: Setting) -> Sequence[Record]:
    """Leave out records without the scores that are plotted, and say so.

    Args:
        records: All that are asked for; they are returned if none has them,
            for the error that names what is missing.
        setting: Of the scores.
    """
    kept = [record for record in records if has_scores(record, setting)]
    if not kept:
        return records
    methods = Counter(record['method'] for record in records
                      if not has_scores(record, setting))
    for method, number in methods.items():
        print(f'skipped: {number} of the records of {method!r}, which have '
              f'no {setting} IoU of single classes; test their checkpoints '
              'again (mmseg-zeroshot test)', file=sys.stderr)
    return kept


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: Nothing was found, or it cannot be plotted.
    """
    found = collect_records(args.paths)
    for reason in found.skipped:
        print(f'skipped: {reason}', file=sys.stderr)
    records = [record for record in found.records
               if args.split in (None, record['split'])
               and (not args.method or record['method'] in args.method)]
    if not records:
        splits = sorted({record['split'] for record in found.records})
        raise ValueError(
            f'none of the {len(found.records)} records is asked for; their '
            f'splits are {", ".join(splits) or "none"}')
    classes = sized_classes(
        with_scores(records, args.setting), args.setting,
        others=found.records)
    save_object_sizes(args.out, classes, title=args.title)
    print(f'{table(classes)}\nwritten to {args.out}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
