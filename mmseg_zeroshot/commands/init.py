"""Look at a data set and write an experiment file for it.

Examples:
    # a folder of images and masks
    mmseg-zeroshot init farm --data-root /data/farm --classes classes.txt \\
        --unseen cow cat

    # a data set that an mmseg config describes
    mmseg-zeroshot init ade --data mmseg::_base_/datasets/ade20k.py \\
        --unseen sofa, "pool table"

The command prints what is in the data: layout, images, which classes the masks
hold, what is wrong with them, and how each class finds its word vector. It
proposes validation classes where none are given. It writes DIR/experiment.py,
which is short and commented, for you to read and edit. It trains nothing.
"""
from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from mmseg_zeroshot.experiments.config_files import (
    base_file,
    config_path,
    is_config,
)
from mmseg_zeroshot.experiments.experiment import GROUPS, INIT_FILE
from mmseg_zeroshot.experiments.inspection import (
    ClassWords,
    Layout,
    find_layout,
    find_words,
)
from mmseg_zeroshot.experiments.key_checks import check_together
from mmseg_zeroshot.experiments.proposal import (
    NamedData,
    Stand,
    Survey,
    count_ids,
    experiment_text,
    folder_survey,
    known_classes,
    no_classes,
    propose_sizes,
    propose_validation,
    propose_workers,
    why_none,
)
from mmseg_zeroshot.experiments.proposal.summary import (
    class_table,
    data_lines,
    warnings,
)
from mmseg_zeroshot.semantics import DEFAULT_WORDS, ClassSplit, get_classes
from mmseg_zeroshot.semantics.class_embeddings import WordsSpec
from mmseg_zeroshot.semantics.name_lists import names_among
from mmseg_zeroshot.utils import atomic_write, exit_code
from mmseg_zeroshot.utils.typing_utils import ConfigType, ConfigValue

from ._arguments import add_names, make_parser

NETWORK = 'deeplabv3plus_efficientnet-lite0'
_LAYOUT = dict(
    images='folder of the images below the root',
    masks='folder of the masks below the root',
    image_suffix='ending of image files, such as .jpg',
    mask_suffix='ending of mask files, after the image\'s name',
    train='part to train on: a list file or a folder',
    val='part to score on')
_METHODS = 'spnet zs3net --seeds 0 1 2'


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    parser.add_argument('dir', type=Path, metavar='DIR',
                        help=f'folder to write {INIT_FILE} into')
    _add_data(parser.add_argument_group('data (one of the first two)'))
    _add_classes(parser.add_argument_group('classes'))
    parser.add_argument('--words', nargs='+', default=[DEFAULT_WORDS],
                        metavar='TABLE',
                        help='class vectors: a shipped table or .npz files, '
                        f'several are joined (default: {DEFAULT_WORDS})')
    parser.add_argument('--network', default=NETWORK,
                        help='a file of configs/_base_/models, or an mmseg '
                        'config (default: %(default)s)')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace files of an earlier call')
    args = parser.parse_args(argv)
    given = [f'--{key.replace("_", "-")}' for key in (*_LAYOUT, 'classes')
             if getattr(args, key)]
    if args.data and given:
        parser.error(f'{given[0]} describes a folder, and --data {args.data} '
                     'brings its own: give --data-root, or leave it out')
    return args


def _add_data(group: argparse._ArgumentGroup) -> None:
    """Add what says where images and masks are."""
    source = group.add_mutually_exclusive_group(required=True)
    source.add_argument('--data-root', type=Path, metavar='FOLDER',
                        help='folder that holds images and masks')
    source.add_argument('--data', metavar='NAME',
                        help='a data set: an mmseg config, or a file of '
                        'configs/_base_/datasets')
    for key, text in _LAYOUT.items():
        group.add_argument(f'--{key.replace("_", "-")}', default='',
                           help=f'{text}; found by itself if it can be')
    group.add_argument('--all-masks', action='store_true',
                       help='read all masks, and not a sample')


def _add_classes(group: argparse._ArgumentGroup) -> None:
    """Add the lists of class names."""
    add_names(group, '--classes', help='all classes in the order of their '
              'ids, or the name of a shipped list such as voc21')
    add_names(group, '--unseen', required=True,
              help='classes whose labels training never reads')
    add_names(group, '--validation', help='seen classes that stand in for '
              'unseen ones while methods are tuned; proposed by default')
    add_names(group, '--ignored',
              help='classes that are neither trained nor scored')


def run(args: argparse.Namespace) -> None:
    """Look at the data, print what is there, write the experiment.

    Args:
        args: The command line.

    Raises:
        FileNotFoundError: A file or folder that is named is not there.
        FileExistsError: The experiment is there and must not be replaced.
        ValueError: The data, the classes or the network are not understood.
    """
    _check_network(args)
    _check_free(args, [INIT_FILE])
    source: NamedData | Layout = (
        NamedData.read(args.data) if args.data else find_layout(
            args.data_root, **{key: getattr(args, key) for key in _LAYOUT}))
    classes = _classes(args, source)
    # Misspelt names are found before thousands of masks are read.
    known = get_classes(classes)
    groups: ConfigType = {
        group: tuple(names_among(getattr(args, group), known))
        for group in GROUPS}
    split = ClassSplit(classes=known, **groups)
    words = _words(args.words)
    found = find_words(words, split.classes)
    survey = _survey(args, source, classes)
    _check_free(args, _lists(survey))
    stands = ([] if args.validation else propose_validation(
        split, words, found, survey.train, survey.val))
    why = '' if stands or args.validation else why_none(
        split, found, survey.train, survey.val)
    if stands:
        split = replace(split, validation=tuple(one.name for one in stands))
    _print_findings(survey, split, found)
    for line in _about_validation(args, stands, why):
        print(line)
    _write(args, survey, _text(args, survey, split, words, stands))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        0, or 1 after an error message.
    """
    args = parse_args(argv)
    return exit_code(lambda: run(args))


def _check_network(args: argparse.Namespace) -> None:
    """Refuse a network that nobody could use before anything is read."""
    if is_config(args.network):
        config_path(args.network)
    else:
        base_file('models', args.network)
    if args.data:
        check_together(dict(data=args.data, network=args.network,
                            split=args.unseen), args.dir / INIT_FILE)


def _classes(args: argparse.Namespace,
             source: NamedData | Layout) -> str | Sequence[str]:
    """Return a shipped list or the class names."""
    if isinstance(source, NamedData):
        return source.classes
    if args.classes:
        return known_classes(args.classes)
    raise no_classes(source, count_ids(source, all_masks=args.all_masks))


def _survey(args: argparse.Namespace, source: NamedData | Layout,
            classes: str | Sequence[str]) -> Survey:
    if isinstance(source, NamedData):
        return source.survey(all_masks=args.all_masks)
    return folder_survey(source, classes, lists=args.dir.absolute(),
                         all_masks=args.all_masks)


def _words(given: Sequence[str]) -> str | list[str]:
    """Return the key ``words``; files by their whole paths."""
    words = [str(Path(word).absolute()) if Path(word).is_file() else word
             for word in given]
    return words[0] if len(words) == 1 else words


def _lists(survey: Survey) -> dict[str, Sequence[str]]:
    """Return the list files to write, and the names in them."""
    drawn = survey.drawn
    return {'train.txt': drawn.train, 'val.txt': drawn.val} if drawn else {}


def _check_free(args: argparse.Namespace, names: Iterable[str]) -> None:
    for name in names:
        path = args.dir / name
        if path.exists() and not args.overwrite:
            raise FileExistsError(f'{path} is there already: choose another '
                                  'DIR, or replace it with --overwrite')


def _print_findings(survey: Survey, split: ClassSplit,
                    found: Sequence[ClassWords]) -> None:
    print('\n'.join(data_lines(survey)))
    print('\n' + class_table(split, found, survey) + '\n')
    for note in survey.notes:
        print(f'Note: {note}.')
    for problem in survey.problems:
        print(f'To mend: {problem}.')
    for warning in warnings(split, found, survey):
        print(f'Warning: {warning}')


def _about_validation(args: argparse.Namespace,
                      stands: Sequence[Stand], why: str) -> list[str]:
    if args.validation:
        return []
    if not stands:
        return [f'Validation classes: none, because {why}; --validation '
                'names some.']
    return [f'Validation classes, proposed: {_why(stands)}.']


def _why(stands: Sequence[Stand]) -> str:
    """Say why classes were proposed."""
    return ', '.join(
        f'{stand.name} (near {stand.near}, cosine {stand.cosine:.2f}'
        + (f', {stand.images} training images' if stand.images else '') + ')'
        for stand in stands)


def _text(args: argparse.Namespace, survey: Survey, split: ClassSplit,
          words: WordsSpec, stands: Sequence[Stand]) -> str:
    """Return the experiment file."""
    groups: ConfigType = {
        group: list(getattr(split, group))
        for group in GROUPS}
    if args.data:
        groups = dict(classes=survey.classes, **groups)
    why = {}
    if stands:
        why['split'] = f'Proposed by the words: {_why(stands)}.'
    network = args.network
    if is_config(network) and Path(network).is_file():
        network = str(Path(network).absolute())
    return experiment_text(
        title=f'Experiment: {", ".join(split.unseen)} unseen.',
        data=_data(args, survey), split=groups, words=words, network=network,
        dataset=args.data_root.absolute().name if args.data_root else '',
        why=why)


def _data(args: argparse.Namespace, survey: Survey) -> ConfigValue:
    """Return the key ``data``; an mmseg config has its own sizes."""
    if args.data or survey.train is None:
        return survey.data
    data = dict(survey.data, num_workers=propose_workers())
    sizes = propose_sizes(survey.train.sizes)
    if sizes and not is_config(args.network):
        data.update(size=sizes.size, crop=sizes.crop)
    return data


def _write(args: argparse.Namespace, survey: Survey, text: str) -> None:
    """Write the files, the experiment last, and say what comes next."""
    for name, lines in _lists(survey).items():
        _write_text(args.dir / name, '\n'.join(lines) + '\n')
    experiment = args.dir / INIT_FILE
    _write_text(experiment, text)
    shown = shlex.quote(str(experiment))
    written = ' and '.join([str(experiment), *_lists(survey)])
    print(f'\nWrote {written}. Read it and edit it, then:\n'
          f'  mmseg-zeroshot check {shown}\n'
          f'  mmseg-zeroshot run {shown} {_METHODS}')


def _write_text(path: Path, text: str) -> None:
    with atomic_write(path, 'w') as file:
        file.write(text)


if __name__ == '__main__':
    raise SystemExit(main())
