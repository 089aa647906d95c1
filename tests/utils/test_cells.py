"""Names as text of pages, tables and programs."""
import pytest

from mmseg_zeroshot.utils.cells import (
    csv_value,
    from_csv,
    latex_cell,
    markdown_text,
    one_line,
)


@pytest.mark.parametrize('text, shown', [
    ('SPNet, ours (ü)', 'SPNet, ours (ü)'),
    ('a\nb\r\nc\td\u2028e\x85f', 'a b  c d e f'),
    ('\x1b[31mred\x00', '\ufffd[31mred\ufffd'),
    ('half \ud800', 'half \ufffd'),
    ('safe \u202egnp', 'safe \ufffdgnp'),
])
def test_one_line(text, shown):
    assert one_line(text) == shown
    one_line(text).encode('utf-8')


@pytest.mark.parametrize('text, shown', [
    ('a|b', r'a\|b'), ('a\\|b', r'a\\\|b'), ('p < 5 & q', 'p < 5 & q'),
    ('<b>', '&lt;b>'), ('&lt;', '&amp;lt;'),
    ('<!-- end -->', '&lt;!-- end -->'),
    ('[a](b)', r'\[a](b)'), ('lr_mult', 'lr_mult'), ('_a_', r'\_a\_'),
    ('`code`', '`code`'), ('a\nb', 'a b'),
])
def test_markdown_text(text, shown):
    assert markdown_text(text) == shown


def test_latex_cell():
    assert latex_cell('a_b 5% $x$ {~^\\}\n[2]*') == (
        r'a\_b 5\% \$x\$ \{\textasciitilde{}\textasciicircum{}'
        r'\textbackslash{}\} {[}2{]}{*}')


@pytest.mark.parametrize('text', [
    '=1+2', '+1', '-1', '@x', '\t=1', ' =1', "'=1", "''=1", '\n=1', '\uff1d1'])
def test_a_formula_is_text_in_a_csv(text):
    written = csv_value(text)
    assert isinstance(written, str) and written[0] == "'"
    assert from_csv(written) == one_line(text)


@pytest.mark.parametrize('value', ['', 'SPNet', "'a'", 'a=b', -1, -.5, None])
def test_other_values_stay_as_they_are_in_a_csv(value):
    assert csv_value(value) == value
    assert not isinstance(value, str) or from_csv(value) == value
