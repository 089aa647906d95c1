"""Turn an MMSegmentation config into those of a zero-shot method.

Examples:
    # SPNet on any network that mmseg has a config of
    mmseg-zeroshot make-zero-shot-config my_segformer.py \\
        --split voc12-spnet --method spnet --out spnet
    mmseg-zeroshot train spnet/spnet.py

    # ZS3Net's steps, a split of your own, and one of mmseg's own files
    mmseg-zeroshot make-zero-shot-config \\
        mmseg::segformer/segformer_mit-b0_8xb2-160k_ade20k-512x512.py \\
        --unseen sofa,bed --method zs3net --out zs3net
    bash zs3net/run.sh

The written configs inherit nothing from the base. They copy its network,
pipelines, batch sizes and schedule, with comments. Before it writes, the
command builds the network without weights and passes one small image through
it.
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.experiments.config_files import MMSEG, config_path
from mmseg_zeroshot.experiments.experiment import Experiment
from mmseg_zeroshot.experiments.methods import (
    METHODS,
    find_method,
    make_plan,
)
from mmseg_zeroshot.experiments.mmseg_classes import (
    check_data_sets,
    named_classes,
)
from mmseg_zeroshot.experiments.mmseg_config import BaseConfig, load_base
from mmseg_zeroshot.experiments.network_check import check_network
from mmseg_zeroshot.experiments.written import step_files, write_files
from mmseg_zeroshot.semantics import (
    DEFAULT_WORDS,
    build_split,
    get_classes,
    load_embeddings,
)
from mmseg_zeroshot.semantics.name_lists import names_among
from mmseg_zeroshot.semantics.splits import SplitSpec
from mmseg_zeroshot.utils import exit_code

from ._arguments import add_names, make_parser

ITERATIONS = dict(generator=20000, classifier=10000)
"""Of ZS3Net's stages on a bank, as in its configs for VOC 2012."""


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__name__, __doc__)
    parser.add_argument('base', help='config of mmseg: a file, or '
                        f'{MMSEG}FOLDER/FILE.py of the installed mmseg')
    parser.add_argument('--method', required=True, metavar='METHOD[:VARIANT]',
                        help=', '.join(METHODS))
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument('--split', help='name of a shipped split')
    add_names(which, '--unseen', help='unseen classes of a split of your own')
    add_names(parser, '--ignored',
              help='with --unseen: classes to leave out')
    parser.add_argument('--embeddings', nargs='+', default=[DEFAULT_WORDS],
                        help='class vectors: a shipped table or .npz files '
                        f'(default: {DEFAULT_WORDS})')
    parser.add_argument('--mode', choices=('ignore', 'drop'),
                        help='hide pixels of unseen classes, or leave out '
                        "images with any (default: the method's)")
    parser.add_argument('--out', type=Path,
                        help='folder to write (default: METHOD_BASE_SPLIT)')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace files')
    parser.add_argument('--no-check', action='store_true',
                        help='do not build the network, for instance where a '
                        'package that it needs is not installed')
    return parser.parse_args(argv)


def make_split(args: argparse.Namespace, base: BaseConfig) -> SplitSpec:
    """Return the split as an experiment has it, checked.

    Args:
        args: What :func:`parse_args` returns.
        base: The base config.

    Raises:
        ValueError: A name is unknown, or a data set has other classes.
    """
    spec: SplitSpec = args.split
    if args.unseen:
        classes = named_classes(base)
        unseen, ignored = (names_among(names, get_classes(classes))
                           for names in (args.unseen, args.ignored))
        spec = dict(name='unseen-' + '-'.join(unseen), classes=classes,
                    unseen=unseen, ignored=ignored)
    elif args.ignored:
        raise ValueError('--ignored belongs to --unseen: the shipped split '
                         f'{args.split!r} names its own ignored classes')
    check_data_sets(base, build_split(spec))
    return spec


def make(args: argparse.Namespace) -> list[Path]:
    """Write the configs.

    Args:
        args: What :func:`parse_args` returns.

    Returns:
        The files, in the order of running.

    Raises:
        ValueError: Something does not fit; nothing has been written.
        FileExistsError: A file is there already.
    """
    if args.out and args.out.suffix == '.py':
        raise ValueError(f'--out is a folder of configs, got {args.out}: '
                         f'write --out {args.out.with_suffix("")}')
    base = load_base(config_path(args.base), imports=not args.no_check)
    spec = make_split(args, base)
    split = build_split(spec)
    words = args.embeddings
    load_embeddings(words, split.classes)
    method, _ = find_method(args.method)
    experiment = Experiment(
        network=args.base, split=spec, iterations=ITERATIONS,
        words=words if len(words) > 1 else words[0],
        mode=args.mode or method.mode,
        name=f'{method.name}_{base.name}_{split.name}')
    plan = make_plan(experiment, [args.method], calibrate=False)
    out = args.out or Path(experiment.name)
    files = step_files(plan.steps, out, Path('work_dirs', experiment.name),
                       experiment.name, notes=base.notes)
    if not args.no_check:
        check_network(base, split)
    return write_files(files, out, overwrite=args.overwrite)


def report(paths: Sequence[Path]) -> None:
    """Say what has been written and what comes next.

    Args:
        paths: The files.
    """
    for path in paths:
        print(f'written: {path}')
    print(f'next: bash {paths[-1]}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: report(make(parse_args(argv))), TypeError,
                     ImportError)
