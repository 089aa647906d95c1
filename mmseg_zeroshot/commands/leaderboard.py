"""Compare runs: collect results files into one leaderboard.

Examples:
    # every zero_shot_results.json and results.json below some folders
    mmseg-zeroshot leaderboard work_dirs docs/results --out leaderboard
    # write the marked tables of README.md, docs/ and configs/ anew
    mmseg-zeroshot leaderboard --readme

The command writes `leaderboard.html` (one page that sorts and filters and
needs no network), `.md`, `.csv` and `.tex`, and prints the boards that have
runs. It never ranks runs of unlike data sets, splits, settings, supervision or
scoring rules together. The papers' numbers stand beside the runs, marked as
published, with "not run" where there is no run.
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from mmseg_zeroshot.results import collect_records
from mmseg_zeroshot.results.leaderboard import Board, make_boards
from mmseg_zeroshot.results.leaderboard_html import html_page
from mmseg_zeroshot.results.leaderboard_latex import latex_text
from mmseg_zeroshot.results.leaderboard_text import (
    csv_text,
    markdown_page,
    terminal_text,
)
from mmseg_zeroshot.results.marked_tables import render_page
from mmseg_zeroshot.results.records import Collected
from mmseg_zeroshot.results.summaries import RepeatedSeed
from mmseg_zeroshot.utils import atomic_write, exit_code
from mmseg_zeroshot.utils.project import project_root

from ._arguments import make_parser

ROOT = project_root()
if not (ROOT / 'README.md').is_file():  # an installed wheel: pages of a user
    ROOT = Path.cwd()
PAGES = ('README.md', 'docs/**/*.md', 'configs/*/*.md')
_FORMATS: dict[str, Callable[[Sequence[Board]], str]] = {
    '.md': markdown_page, '.csv': csv_text, '.tex': latex_text}


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    parser.add_argument(
        'paths', nargs='*', type=Path,
        help='results files, or folders that are searched for them')
    parser.add_argument(
        '--out', type=Path, default=Path('work_dirs/leaderboard'),
        help='folder for the leaderboard (default: %(default)s)')
    parser.add_argument(
        '--readme', nargs='*', type=Path, metavar='PAGE',
        help='write the marked tables of these Markdown pages anew, of '
        'README.md, docs/ and configs/ by default (of the checkout, or here '
        'where there is none), and nothing else')
    args = parser.parse_args(argv)
    if bool(args.paths) == (args.readme is not None):
        parser.error('name results files or folders, or use --readme')
    return args


def collect(paths: Sequence[Path]) -> Collected:
    """Read results files; say which of them are none.

    Args:
        paths: Files and folders.

    Raises:
        ValueError: there is no result at all.
    """
    found = collect_records(paths)
    for text in found.skipped:
        print(f'skipped: {text}', file=sys.stderr)
    if not found.records:
        raise ValueError(
            f'no results in {", ".join(map(str, paths))} '
            f'({found.num_files} files looked at, {len(found.skipped)} of '
            'them no results files); name folders with '
            'zero_shot_results.json files, which every evaluation writes')
    return found


def build(found: Collected) -> list[Board]:
    """Make the boards.

    Args:
        found: What :func:`collect` returns.

    Raises:
        ValueError: two files hold the same run with unlike scores.
    """
    try:
        return make_boards(found.records)
    except RepeatedSeed as error:
        files = {str(source) for record, source in zip(
            found.records, found.sources)
            if any(record is other for other in error.records)}
        raise ValueError(f'{error}. They are in {", ".join(sorted(files))}'
                         ) from error


def write(boards: Sequence[Board], summary: str, folder: Path) -> None:
    """Write the leaderboard in every format.

    Args:
        boards: The boards.
        summary: A sentence on what was read.
        folder: Where to.
    """
    texts = {'.html': html_page(boards, summary)} | {
        suffix: render(boards) for suffix, render in _FORMATS.items()}
    for suffix, text in texts.items():
        with atomic_write(folder / f'leaderboard{suffix}', 'w') as file:
            file.write(text)


def update_pages(pages: Sequence[Path]) -> None:
    """Write the marked tables of Markdown pages anew.

    A page with an error stays as it is and keeps no other from its tables.

    Args:
        pages: Pages; those of the checkout if there is none.

    Raises:
        ValueError: a page has an error.
    """
    errors = []
    for page in pages or sorted(
            path for pattern in PAGES for path in ROOT.glob(pattern)):
        text = page.read_text('utf-8')
        try:
            rendered = render_page(text, ROOT, str(page))
        except ValueError as error:
            errors.append(str(error))
            continue
        if rendered != text:
            with atomic_write(page, 'w') as file:
                file.write(rendered)
            print(f'{page}: tables written')
    if errors:
        raise ValueError('\n'.join(errors))


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.
    """
    if args.readme is not None:
        update_pages(args.readme)
        return
    found = collect(args.paths)
    boards = build(found)
    summary = (f'{len(found.records)} results from {found.num_files} files, '
               f'{len(found.skipped)} files skipped.')
    write(boards, summary, args.out)
    print(terminal_text(boards))
    print(f'\n{summary} Written to {args.out}/leaderboard.html, .md, .csv '
          'and .tex')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
