"""A method, data set or variant of any name, in every format."""
import csv
import io
import random
import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from mmseg_zeroshot.results import format_table, markdown_table
from mmseg_zeroshot.results.leaderboard import make_boards
from mmseg_zeroshot.results.leaderboard_html import html_page
from mmseg_zeroshot.results.leaderboard_latex import latex_text
from mmseg_zeroshot.results.leaderboard_text import (
    csv_text,
    markdown_page,
    terminal_text,
)
from mmseg_zeroshot.results.marked_tables import render_page
from mmseg_zeroshot.results.paired import paired_table
from mmseg_zeroshot.results.record import Record
from mmseg_zeroshot.results.records import write_records
from mmseg_zeroshot.utils.cells import from_csv, one_line

from .runs import record

SIGNS = [*'|\\\n\r\t=+-@<>&;#"\'{}[]()$%^~_*!:,. ab1', '\0', '\x1b', '\x85',
         '\u2028', '\u202e', '\ud800', 'ü', '<b>', '<!-- end -->', '&lt;',
         '</td>', '|---|', '\\\\', 'https://']


def random_names(number: int) -> list[str]:
    source = random.Random(7)
    return [''.join(source.choices(SIGNS, k=source.randint(1, 9)))
            for _ in range(number)]


NAMES = ['=1+2', '@x', '-1', '\t=1', 'a|b', 'a\\|b', 'a\\', 'a\nb', '[2pt]',
         '*', '<script>alert(1)</script>', '"><img src=x>', '\x1b[31m',
         '<!-- end -->', '[a](javascript:b)', '_a_', '']


@pytest.fixture(params=[*NAMES, *random_names(60)])
def name(request) -> str:
    return request.param


@pytest.fixture
def records(name):
    return two_rows(name, name, 'SPNet')


def two_rows(name: str, method: str, other: str) -> list[Record]:
    """Two runs of one board; everything but the methods has one name."""
    rows = [record(method=method, split=name, background=name,
                   variant={name: name}),
            record(30., method=other, split=name, background=name)]
    return [{**row, 'dataset': name} for row in rows]


@pytest.fixture
def board(records):
    """The one board of ours; published ones are beside it."""
    return make_boards(records)[:1]


def cells_of(page: str) -> list[list[str]]:
    """Return the body of the first table, which must be nothing but text."""
    tokens = MarkdownIt('commonmark').enable('table').parse(page)
    kinds = [token.type for token in tokens]
    first, last = kinds.index('tbody_open'), kinds.index('tbody_close')
    rows: list[list[str]] = []
    for token in tokens[first:last]:
        if token.type == 'tr_open':
            rows.append([])
        if token.type == 'inline':
            parts = token.children or []
            assert {part.type for part in parts} <= {'text', 'text_special'}
            rows[-1].append(''.join(part.content for part in parts))
    return rows


def shown(name: str) -> str:
    """Return a name as it must be read, without blanks at its ends."""
    return one_line(name).strip(' ')


def test_markdown(name, records, board):
    for page in (markdown_table(records), markdown_page(board)):
        rows = cells_of(page)
        assert len(rows) == 2
        assert shown(name) in {cell for row in rows for cell in row}
    headings = [line for line in markdown_page(board).split('\n')
                if line.startswith('#')]
    assert len(headings) == 2
    assert len(paired_table(records, name).split('\n')) == 3


def test_a_marked_table_is_written_twice_alike(records, tmp_path):
    write_records(tmp_path / 'runs.json', records)
    page = 'A.\n<!-- table: runs.json -->\n<!-- end -->\nB.'
    once = render_page(page, tmp_path)
    assert len(once.split('\n')) == 8
    assert render_page(once, tmp_path) == once


def test_text_for_a_terminal(records, board):
    for text, lines in ((format_table(records), 4),
                        (terminal_text(board), 5)):
        assert len(text.splitlines()) == lines
        assert all(map(str.isprintable, text.splitlines()))


def test_csv(name, board):
    header, *rows = csv.reader(io.StringIO(csv_text(board)))
    assert {len(row) for row in rows} == {len(header)}
    assert len(rows) == 2
    place = header.index('method')
    assert one_line(name) in {from_csv(row[place]) for row in rows}
    for row in rows:
        for cell in row:
            assert not re.match(r'\s*[=+@]|\s*-(?![\d.]+$)', cell)


class Page(HTMLParser):
    """Tags and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, tuple(key for key, _ in attributes)))

    def handle_data(self, data):
        self.texts.append(data)


def test_html(name, board):
    plain = make_boards(two_rows('x', 'y', 'z'))[:1]
    text = html_page(board)
    assert Page(text).tags == Page(html_page(plain)).tags
    assert any(one_line(name) in part for part in Page(text).texts)
    assert not re.search('[\0\x1b\x85\u2028\u202e\ud800]', text)


def test_latex(board):
    text = latex_text(board)
    body = text.split('\\midrule\n')[1].split('\n\\bottomrule')[0].split('\n')
    title, *rows = body
    assert title.startswith('\\multicolumn') and len(rows) == 2
    columns = len(re.search(r'tabular}{(l?r*)}', text)[1])
    for row in rows:
        assert not re.match(r'\s*[\[*]', row) and row.endswith(r' \\')
        assert len(re.split(r'(?<!\\)&', row)) == columns
        # Nothing of LaTeX's is left but what the table itself has.
        bare = re.sub(r'\\text(it|backslash|ascii\w+)|\\mathbf|\\pm'
                      r'|\\[&%$#_{}]| \\\\$', '', row)
        assert '\\' not in bare and not re.search('[%#_~^]', bare)
        assert bare.count('{') == bare.count('}')
        assert bare.count('$') % 2 == 0


@pytest.mark.parametrize('number', ['5</span><b>', '$5$', '=5', [5], None])
def test_n_of_a_few_label_run_is_a_number_or_no_part_of_a_title(number):
    row = record(supervision='few-label')
    row['variant'] = dict(n=number)
    board = next(found for found in make_boards([row]) if found.rows)
    assert board.num_images is None
    assert '<b>' not in html_page([board])
    assert 'n = ' not in latex_text([board]) + markdown_page([board])
