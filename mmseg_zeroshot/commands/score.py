"""Score saved predictions of any code base.

Examples:
    # label maps that a model has saved, against those of a data set
    mmseg-zeroshot score predictions/ --truth SegmentationClassAug/ \\
        --list val.txt --split voc12-zs3-k4 --method SPNet

    # predictions in another order of classes, of half the images
    mmseg-zeroshot score predictions.zip --truth masks/ --split split.json \\
        --method mine --classes classes.txt --partial

    # a confusion matrix; and an example of what predictions look like
    mmseg-zeroshot score confusion.csv --split voc12-spnet --method theirs
    mmseg-zeroshot score --sample sample/ --truth masks/ --split split.json

Label maps are PNG or TIFF files of class ids, images in colours (--palette),
NPY or NPZ arrays, or detectron2's sem_seg_predictions.json, in folders or zip
files. Predictions may also be arrays of scores, (classes, height, width) each:
then there are vanilla scores and, with PyTorch, a gamma curve.

The split is a shipped one, or a JSON file such as {"classes": ["background",
"cat", "cow"], "unseen": ["cow"], "name": "pets"}. Names, sizes and ids of all
files are checked, and everything that is wrong is said at once. All but the
gamma curve needs neither PyTorch nor MMSegmentation.
"""
from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mmseg_zeroshot.results.record import RESULTS_FILE, Record, score_values
from mmseg_zeroshot.results.records import write_records
from mmseg_zeroshot.scoring import (
    Reading,
    score_folder,
    score_matrix,
    write_sample,
)
from mmseg_zeroshot.scoring.class_files import Classes, read_classes
from mmseg_zeroshot.scoring.colours import read_palette
from mmseg_zeroshot.scoring.folder import RESIZES
from mmseg_zeroshot.scoring.matrix_files import MATRICES
from mmseg_zeroshot.semantics import ClassSplit, build_split
from mmseg_zeroshot.semantics.name_lists import GivenNames
from mmseg_zeroshot.semantics.supervision import DEFAULT, SUPERVISIONS
from mmseg_zeroshot.utils import atomic_write, exit_code
from mmseg_zeroshot.utils.json_values import without_nan
from mmseg_zeroshot.utils.pace import Pace
from mmseg_zeroshot.utils.tables import percent, score_headings, text_table

from ._arguments import add_cfg_options, add_names, make_parser

if TYPE_CHECKING:
    from mmseg_zeroshot.evaluation import GammaCurve

CURVE_FILE = 'gamma_curve.json'


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    add = parser.add_argument
    add('predictions', type=Path, nargs='?',
        help='folder, zip file, JSON file or confusion matrix')
    add('--truth', type=Path, help='the true label maps, likewise; none for '
        'a confusion matrix')
    add('--split', required=True, help='a shipped split, or a JSON file')
    add('--method', help='its name in tables')
    add('--supervision', default=DEFAULT, choices=list(SUPERVISIONS),
        help='what the method might see (default: %(default)s)')
    add('--dataset', default='', help='name of the data set in tables')
    add('--out', type=Path, help='file for the record (default: '
        f'work_dirs/score/METHOD/{RESULTS_FILE})')
    add('--sample', type=Path, metavar='FOLDER', help='write predictions of '
        'the right form for --truth there, and score nothing')
    _add_files(parser)
    _add_rules(parser)
    args = parser.parse_args(argv)
    if args.sample is None and None in (args.predictions, args.method):
        parser.error('name the predictions and --method, or use --sample')
    if args.truth is None and (args.sample or not _is_matrix(args)):
        parser.error('name the label maps by --truth')
    if args.truth is not None and not args.sample and _is_matrix(args):
        parser.error('a confusion matrix goes without --truth')
    return args


def _is_matrix(args: argparse.Namespace) -> bool:
    return args.predictions.suffix.lower() in MATRICES


def _add_files(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('the files')
    add = group.add_argument
    add('--list', type=Path, metavar='FILE', help='text file of the images '
        'to score, a name without ending on every line (default: all that '
        'have a label map)')
    add('--prediction-suffix', default='', metavar='END', help='ending of '
        'predictions behind the name of the image (default: found)')
    add('--truth-suffix', default='', metavar='END',
        help='the same of label maps')
    add_names(group, '--classes', parse=read_class_list, default=None,
              help="the predictions' classes in the order of their ids, or a "
              "JSON file from id to name (default: the split's)")
    add_names(group, '--truth-classes', parse=read_class_list, default=None,
              help='the same of label maps')
    add('--palette', type=Path, metavar='FILE', help='"red green blue name" '
        'a line: predictions are images in these colours')
    add('--truth-palette', type=Path, metavar='FILE',
        help='the same of label maps')
    add('--first-id', type=int, choices=(0, 1), help="id of the predictions' "
        'first class; 1 where the data set has reduce_zero_label (default: '
        'found)')
    add('--truth-first-id', type=int, choices=(0, 1),
        help='the same of label maps, whose 0 is no label then')
    add('--ignore-index', type=int, help='id of pixels without a label '
        '(default: 255; 65535 for more than 255 classes)')


def _add_rules(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('how it is scored')
    add = group.add_argument
    add('--absent', choices=('skip', 'zero'), default='skip', help='what a '
        'class without pixels does to a mean (default: %(default)s)')
    add('--resize', choices=RESIZES, help='bring predictions of another size '
        'to that of their label map; the record says so')
    add('--partial', action='store_true', help='leave out images without a '
        'prediction; the record says so')
    add('--gamma', type=float, default=0., help='calibration factor that '
        'label maps were made with, or to decide by scores with (default: 0)')
    add('--seed', type=int, help='seed of the run that made them')
    add_cfg_options(parser, 'what else sets the run apart, such as n=5',
                    option='--variant')
    add('--jobs', type=int, help='threads (default: one per core)')


def read_class_list(texts: Sequence[str]) -> Classes:
    """Return the class list that an option names.

    Args:
        texts: Names, or one file of them.

    Raises:
        ValueError: There is no name, or the file holds none.
    """
    if len(texts) == 1 and texts[0].endswith('.json'):
        return read_classes(texts[0])
    return GivenNames(texts)


def read_split(spec: str) -> ClassSplit:
    """Return a split.

    Args:
        spec: The name of a shipped split, or a JSON file of one.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: There is no such split, or the file holds none.
    """
    if not spec.endswith('.json'):
        return build_split(spec)
    path = Path(spec).expanduser()
    try:
        content = json.loads(path.read_text('utf-8'))
        if not isinstance(content, dict):
            raise ValueError('a split is an object with "classes" and '
                             '"unseen"')
        return build_split({'name': path.stem, **content})
    except (ValueError, TypeError) as error:
        raise ValueError(f'{path} is no split: {error}') from error


def read_list(path: Path | None) -> list[str]:
    """Return the names in a list of images.

    Args:
        path: A text file; None for no list.

    Raises:
        ValueError: It holds no name.
    """
    if path is None:
        return []
    lines = path.read_text('utf-8-sig').splitlines()
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise ValueError(f'{path} names no image')
    return names


def truth_reading(args: argparse.Namespace) -> Reading:
    """Return what the arguments say of the label maps.

    Args:
        args: What :func:`parse_args` returns.
    """
    return Reading(
        classes=args.truth_classes, suffix=args.truth_suffix,
        first_id=args.truth_first_id, ignore_index=args.ignore_index,
        palette=args.truth_palette and read_palette(args.truth_palette))


def results_path(method: str) -> Path:
    """Return where a method's record goes by default.

    Args:
        method: Its name.
    """
    name = re.sub(r'[^\w.-]+', '_', method).strip('._') or 'method'
    return Path('work_dirs/score', name, RESULTS_FILE)


def shown(record: Record) -> str:
    """Return the scores of a record as a table.

    Args:
        record: The record.
    """
    title = (f'{record["method"]} ({record["supervision"]}), '
             f'{record["split"]}')
    return text_table([[title, *score_headings()],
                       ['generalised', *map(percent, score_values(record))]])


def write_curve(path: Path, curve: GammaCurve) -> str:
    """Write a gamma curve as `calibrate` does; return its best point.

    Args:
        path: The file.
        curve: The curve.
    """
    split = curve.split
    role = 'validation' if split.held_out else 'oracle'
    figures = curve.figures()
    with atomic_write(path, 'w') as file:
        json.dump(without_nan(dict(role=role, **figures)), file, indent=1,
                  allow_nan=False)
    return (f'best gamma {figures["gamma"]:g} ({role}): hIoU '
            f'{figures["best"]["hIoU"]:.1f}; curve written to {path}')


class _Lines:
    """Lines about how far it is, on stderr, some seconds apart."""

    def __init__(self) -> None:
        self._pace: Pace | None = None

    def __call__(self, done: int, total: int) -> None:
        """Tell that some more images are done."""
        if self._pace is None:
            self._pace = Pace(total)
        due = [self._pace.step() for _ in range(done - self._pace.done)]
        if any(due) and done < total:
            print(f'scored {done:,} of {total:,} images, '
                  f'{self._pace.left:.0f} s left', file=sys.stderr)


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: Something does not fit.
    """
    split = read_split(args.split)
    if args.sample:
        number = write_sample(args.sample, args.truth, split,
                              truth_reading(args))
        print(f'{number:,} predictions written to {args.sample}')
        return
    row = dict(
        method=args.method, supervision=args.supervision,
        dataset=args.dataset, gamma=args.gamma, seed=args.seed,
        variant=args.variant, absent=args.absent)
    if _is_matrix(args):
        scored = score_matrix(args.predictions, split, classes=args.classes,
                              **row)
    else:
        scored = score_folder(
            args.predictions, args.truth, split,
            images=read_list(args.list), read_truth=truth_reading(args),
            read_predictions=Reading(
                classes=args.classes, suffix=args.prediction_suffix,
                first_id=args.first_id,
                palette=args.palette and read_palette(args.palette)),
            resize=args.resize, partial=args.partial, jobs=args.jobs,
            progress=_Lines(), **row)
    path = args.out or results_path(args.method)
    write_records(path, scored.record)
    print('\n'.join(scored.notes))
    if not args.dataset:
        print('the record names no data set, and boards rank it with others '
              'that name none: --dataset does')
    print(f'\n{shown(scored.record)}')
    if scored.curve is not None:
        print(write_curve(path.with_name(CURVE_FILE), scored.curve))
    print(f'written to {path}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
