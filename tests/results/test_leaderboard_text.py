"""Leaderboards in every format."""
import csv
import io
import re
from html.parser import HTMLParser

import pytest

from mmseg_zeroshot.results.leaderboard import make_boards
from mmseg_zeroshot.results.leaderboard_html import html_page
from mmseg_zeroshot.results.leaderboard_latex import latex_text
from mmseg_zeroshot.results.leaderboard_text import (
    csv_text,
    markdown_page,
    terminal_text,
)

from .runs import record


@pytest.fixture(scope='module')
def boards():
    better = record(30., method='Z & <b>', gamma=.25, vanilla=31.25)
    better['generalised']['hIoU'] = 40.
    return make_boards([
        record(18.), record(22., 1), better,
        record(supervision='self-training', variant=dict(p=25)),
        record(split='voc12-zs3-k10', method='ZS3Net')])


def test_terminal_boards(boards):
    first, *_, missing = terminal_text(boards).split('\n\n')
    title, header, _, best, second = first.split('\n')
    assert title == ('Pets, pets, generalised: strict (background: not '
                     'stated; absent classes: not stated)')
    assert header.split() == ['#', 'Method', 'gamma', 'Seeds', *(
        'Seen mIoU Unseen mIoU Overall mIoU hIoU').split()]
    assert best.split() == '1 Z & <b> 0.25 1 50.0 30.0 50.0 40.0'.split()
    assert second.startswith('2  SPNet') and '20.0 ± 2.8' in second
    assert missing.startswith('Published protocols, not run: voc12-zs3-k2, ')
    assert 'k10' not in missing.split('context')[0]


def test_terminal_references_are_marked(boards):
    text = next(part for part in terminal_text(boards).split('\n\n')
                if part.startswith('Pets, voc12-zs3-k10, generalised'))
    line = next(line for line in text.split('\n') if 'ZS5Net' in line)
    assert line.startswith('-  ZS5Net')
    assert line.endswith('46.7  published (self-training): Bucher et al., '
                         'NeurIPS 2019, Table 4')
    assert text.split('\n')[-1] == (
        'Not run: supervised, DeViSE, ZS-MMD (equal weights), ZS-MMD, '
        'ZS5Net.')


def test_markdown_page(boards):
    sections = markdown_page(boards).split('\n## ')
    assert len(sections) == 1 + len(boards)
    own = sections[1].split('\n')
    assert own[0] == 'Pets, pets, generalised: strict'
    assert own[4].startswith('| # | Method | gamma | Seeds | Seen PA | Seen')
    assert own[6].startswith('| 1 | Z & &lt;b> | 0.25 | 1 | 70.0 |')
    assert own[7].startswith('| 2 | SPNet | 0 | 2 | 70.0 ± 0.0 |')
    variant = next(s for s in sections if 'self-training\n' in s)
    assert '| 1 | SPNet | p=25 | 0 | 1 |' in variant
    published = sections[-1]
    assert '| Source |' in published and 'Not run: ' in published


def test_csv_has_every_row_unrounded(boards):
    rows = list(csv.DictReader(io.StringIO(csv_text(boards))))
    ours = [r for r in rows if r['status'] == 'run'
            and r['setting'] == 'generalised' and r['split'] == 'pets']
    keys = ('rank', 'method', 'supervision', 'variant', 'seeds')
    assert [tuple(r[key] for key in keys) for r in ours] == [
        ('1', 'Z & <b>', 'strict', '', '1'), ('2', 'SPNet', 'strict', '', '2'),
        ('1', 'SPNet', 'self-training', 'p=25', '1')]
    assert float(ours[1]['Unseen mIoU std']) == pytest.approx(8**.5)
    assert ours[0]['Unseen mIoU std'] == '' and ours[0]['gamma'] == '0.25'
    published = [r for r in rows if r['status'] == 'published']
    assert {'42.45'} <= {r['hIoU mean'] for r in published}
    assert not any(r['rank'] for r in published)
    missing = {(r['split'], r['method']) for r in rows
               if r['status'] == 'not run'}
    assert ('voc12-spnet', 'SPNet') in missing
    assert ('voc12-zs3-k10', 'ZS5Net') in missing
    assert ('voc12-zs3-k10', 'ZS3Net') not in missing
    assert not any(r['hIoU mean'] for r in rows if r['status'] == 'not run')


def test_latex_tables(boards):
    text = latex_text(boards)
    assert text.count(r'\begin{table*}') == text.count(r'\end{table*}')
    body = text.split(r'\caption{Pets, generalised setting.}')[1]
    body = body.split(r'\end{table*}')[0]
    assert r'Z \& <b> & 0.25 & 1 & $\mathbf{70.0}$' in body
    assert r'& $20.0 \pm 2.8$ &' in body
    assert r'$\mathbf{40.0}$ \\' in body
    assert r'\textit{ZS5Net} & - & - & $90.1$' in body
    assert r'Not run: supervised, DeViSE' in body
    # As many columns in every line as the table has.
    columns = len(re.search(r'tabular}{(l?r*)}', body)[1])
    lines = [line for line in body.split('\n')
             if line.endswith(r'\\') and 'multicolumn' not in line]
    assert {len(re.split(r'(?<!\\)&', line)) for line in lines} == {columns}


class Page(HTMLParser):
    """The sections, cells and links of a page."""

    def __init__(self, text):
        super().__init__()
        self.sections, self.links, self.cells, self.open = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.links += [v for k, v in attrs.items() if k in ('src', 'href')]
        if tag == 'section':
            self.sections.append(attrs)
        if tag == 'td':
            self.cells.append((attrs, []))
        if tag not in ('meta', 'input'):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if 'td' in self.open:
            self.cells[-1][1].append(data)


def test_the_page_stands_alone(boards):
    text = html_page(boards, '5 results from 5 files & 0 skipped.')
    page = Page(text)
    assert page.open == [] and page.links == []
    assert 'http' not in re.sub(r'http-equiv', '', text)
    assert '{{' not in text and '<b>' not in text
    assert '5 files &amp; 0 skipped.' in text


def test_the_page_has_what_scripts_sort_and_filter_by(boards):
    page = Page(html_page(boards))
    assert [s['data-supervision'] for s in page.sections[:4]] == [
        'strict', 'strict', 'self-training', 'self-training']
    assert page.sections[0] == {
        'data-dataset': 'Pets', 'data-split': 'pets',
        'data-setting': 'generalised', 'data-supervision': 'strict'}
    scores = [(attrs['data-value'], ''.join(texts)) for attrs, texts in
              page.cells if attrs.get('data-column') == 'hIoU']
    assert scores[:2] == [('40', '40.0'), ('25.04', '25.0 ± 0.0')]
    names = [''.join(texts) for attrs, texts in page.cells
             if attrs.get('data-column') == '1']
    assert names[0] == 'Z & <b>'


@pytest.mark.parametrize('place', ['method', 'dataset', 'split', 'variant'])
def test_markup_in_names_is_shown_as_text(place):
    """Names come from results files that anybody may have written."""
    evil = '<script>alert(1)</script> "x" onclick=\'y\' {{ 7 * 7 }}'
    given = {place: dict(p=evil) if place == 'variant' else evil}
    text = html_page(make_boards([{**record(), **given}]), evil)
    assert '<script>alert' not in text and '"x" onclick' not in text
    page = Page(text)
    shown = [''.join(texts) for _, texts in page.cells]
    data = [value for section in page.sections for value in section.values()]
    assert any(evil in value for value in (*shown, *data))
    assert 'alert(1)&lt;/script&gt;' in text and '{{ 7 * 7 }}' in text
