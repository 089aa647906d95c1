"""Records as tables."""
import pytest

from mmseg_zeroshot.results import format_table, markdown_table
from mmseg_zeroshot.utils.tables import text_table

from .runs import record


def test_terminal_table():
    lines = format_table([record(), record(30., 1, vanilla=None)]).split('\n')
    assert lines[0].split()[:2] == ['Method', 'Data']
    assert set(lines[1]) == {'-'}
    assert '25.0 ± 7.1' in lines[2]
    assert lines[2].endswith(' -')  # one run has no vanilla score
    assert len(lines[2].split('±')) == 11


def test_markdown_table():
    lines = markdown_table([record(method='a|b', gamma=.25)]).split('\n')
    assert lines[0] == (
        '| Method | Data set | Split | Supervision | gamma | Seeds | '
        'Seen PA | Seen MA | Seen mIoU | Unseen PA | Unseen MA | '
        'Unseen mIoU | Overall PA | Overall MA | Overall mIoU | hIoU | '
        'Vanilla mIoU |')
    assert lines[1].count('--') == 17
    assert lines[2] == (
        '| a\\|b | Pets | pets | strict | 0.25 | 1 | 70.0 | 60.0 | 50.0 | '
        '40.0 | 30.0 | 20.0 | 70.0 | 60.0 | 50.0 | 25.0 | 30.0 |')


def test_undefined_scores_are_dashes():
    line = markdown_table([record(None, vanilla=None)]).split('\n')[2]
    assert line.endswith('| 40.0 | 30.0 | - | 70.0 | 60.0 | 50.0 | - | - |')


def test_text_table_aligns_text_left_and_numbers_right():
    rows = [['name', 'x'], ['a', '1'], ['bcdefg', '10']]
    assert text_table(rows) == (
        'name     x\n----------\na        1\nbcdefg  10')


def test_the_compact_layout_fits_a_page():
    lines = markdown_table([record(), record(22., 1)], 'compact').split('\n')
    assert lines[0] == (
        '| Method | Split | Supervision | gamma | Seeds | Seen mIoU '
        '| Unseen mIoU | Overall mIoU | hIoU |')
    assert lines[2] == (
        '| SPNet | pets | strict | 0 | 2 | 50.0 ± 0.0 | 21.0 ± 1.4 | '
        '50.0 ± 0.0 | 25.0 ± 0.0 |')
    assert len(format_table([record()], 'compact').split('\n')) == 3
    with pytest.raises(ValueError, match="layout must .* got 'tiny'"):
        markdown_table([record()], 'tiny')


def test_variants_are_kept_apart_and_shown():
    few = dict(supervision='few-label', method='SPNet')
    records = [dict(record(**few), variant=dict(n=n)) for n in (10, 5)]
    header, _, *rows = markdown_table(records, 'compact').split('\n')
    assert '| Supervision | Variant | gamma |' in header
    assert '| few-label | n=5 | 0 | 1 |' in rows[0]
    assert '| few-label | n=10 | 0 | 1 |' in rows[1]


def test_rows_that_would_look_alike_show_their_vectors():
    records = [dict(record(), embeddings=e) for e in ('abcdefgh', None)]
    header, _, *rows = markdown_table(records, 'compact').split('\n')
    assert '| Supervision | Vectors | gamma |' in header
    assert '| strict | abcdef | 0 |' in rows[0] and '| - | 0 |' in rows[1]
    assert 'Vectors' not in markdown_table(records[:1])
