"""Tables in Markdown pages that are rendered from results files."""
from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.utils.tables import markdown_rows, score_headings

from .leaderboard import n_of
from .paired import paired_table
from .published import as_printed, published_on
from .record import Record
from .records import SUFFIXES, read_records, shipped_records
from .summaries import Summary, summarize
from .supervision_table import supervision_table
from .tables import (
    LAYOUTS,
    markdown_table,
    score_cells,
    variant_cell,
)

_KINDS = 'table|paired|published|supervision'
_MARKED = re.compile(
    rf'^(?P<open><!-- (?P<kind>{_KINDS}): (?P<words>[^\n]*?) -->\n)'
    rf'(?P<text>(?:(?!<!-- (?:{_KINDS}):).)*?)\n?(?P<end><!-- end -->)',
    re.S | re.M)
_OPENED = re.compile(rf'^<!-- (?:{_KINDS}):.*$', re.M)
_SHOWN = ('Seen mIoU', 'Unseen mIoU', 'Overall mIoU', 'hIoU', 'Vanilla mIoU')
_PLACES = [score_headings().index(heading) for heading in _SHOWN]


def render_page(text: str, root: Path, page: str = 'the page') -> str:
    """Return a Markdown page with its marked tables as they should be.

    ``<!-- table: FILE… [full|compact] -->`` holds the runs of results files,
    named from the root of the checkout; ``<!-- paired: FILE… against METHOD
    -->`` their differences of hIoU to a method, seed by seed;
    ``<!-- published: SPLIT… -->`` the papers' numbers on some splits, and the
    hIoU of our runs (those in ``docs/results``) beside them, or "not run";
    ``<!-- supervision: meaning|permits -->`` the supervisions.
    All end at ``<!-- end -->``.

    Args:
        text: The page.
        root: The checkout.
        page: Its name, for messages.

    Returns:
        The page; what is not marked stays as it is.

    Raises:
        ValueError: a marker is not closed, names no file, an unknown
            layout, split or method, or its file is no results file.
    """
    def replaced(match: re.Match) -> str:
        words = match['words'].split()
        try:
            table = _RENDER[match['kind']](words, root)
        except (ValueError, OSError) as error:
            raise ValueError(
                f'{page}: {match["open"].strip()}: {error}') from error
        return f'{match["open"]}{table}\n{match["end"]}'

    marked = len(_MARKED.findall(text))
    if marked < len(_OPENED.findall(text)):
        raise ValueError(f'{page}: a marked table is not closed; put '
                         '<!-- end --> on a line below it')
    return _MARKED.sub(replaced, text)


def published_table(splits: Sequence[str],
                    records: Sequence[Record]) -> str:
    """Return the papers' numbers on some splits, our hIoU beside them.

    Args:
        splits: Names of splits.
        records: Our runs, on any split.

    Returns:
        A Markdown table.

    Raises:
        ValueError: no split is given, or no paper reports on it.
    """
    if not splits:
        raise ValueError('name the splits, such as voc12-zs3-k2')
    rows = [['Method', 'Split', 'Published in', *_SHOWN, 'Ours']]
    own = summarize(records)
    for row in published_on(splits):
        rows.append([
            ', '.join(filter(None, [
                row['method'], variant_cell(row['variant'])])),
            row['split'], row['source'],
            *(as_printed(row['mean'][i]) for i in _PLACES),
            _ours(row, own)])
    # A score that no paper prints on these splits has no column.
    kept = [i for i in range(len(rows[0]))
            if any(line[i] != '-' for line in rows[1:])]
    return markdown_rows([[line[i] for i in kept] for line in rows], left=3)


def _table(words: Sequence[str], root: Path) -> str:
    records, layouts = _split_words(words, root)
    if len(layouts) > 1:
        raise ValueError(f'name one layout, one of {LAYOUTS}')
    return markdown_table(records, *layouts)


def _paired(words: Sequence[str], root: Path) -> str:
    records, (against, *method) = _split_words([*words, ''], root)
    if against != 'against' or not any(method):
        raise ValueError("say 'against' and a method behind the files")
    return paired_table(records, ' '.join(method).strip())


def _published(words: Sequence[str], root: Path) -> str:
    return published_table(words, shipped_records(root))


def _supervision(words: Sequence[str], root: Path) -> str:
    return supervision_table(words)


_RENDER = dict(table=_table, paired=_paired, published=_published,
               supervision=_supervision)


def _split_words(words: Sequence[str],
                 root: Path) -> tuple[list[Record], list[str]]:
    """Return the records of the files among the words, and the others."""
    files = [word for word in words if word.endswith(SUFFIXES)]
    if not files:
        raise ValueError('name a results file (.jsonl or .json)')
    return ([record for file in files for record in read_records(root / file)],
            [word for word in words if word not in files])


def _ours(row: Summary, own: Sequence[Summary]) -> str:
    """Return our hIoU (or vanilla mIoU, as printed), by supervision."""
    method = row['method'].removesuffix(' (calibrated)')
    calibrated = method != row['method']
    printed = dict(zip(_SHOWN, (row['mean'][i] for i in _PLACES)))
    score = 'hIoU' if printed['hIoU'] is not None else 'Vanilla mIoU'
    return ', '.join(
        f'{score_cells(ours, [score])[0]} ({ours["supervision"]})'
        for ours in own
        if (ours['split'], ours['method'], n_of(ours)) == (
            row['split'], method, n_of(row))
        and any(ours['gamma']) == calibrated) or 'not run'
