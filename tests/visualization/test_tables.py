"""Records as tables."""
import pytest

from mmseg_zeroshot.utils.tables import score_headings, text_table
from mmseg_zeroshot.visualization import (
    format_table,
    markdown_table,
    summarize,
)
from mmseg_zeroshot.visualization.tables import RepeatedSeed

from .runs import record


def test_seeds_are_averaged():
    records = [record(u, seed=i) for i, u in enumerate([18., 20., 25.])]
    row, = summarize(records)
    place = score_headings().index('Unseen mIoU')
    assert row['runs'] == 3
    assert row['mean'][place] == pytest.approx(21)
    assert row['std'][place] == pytest.approx(13**.5)


def test_unlike_runs_stay_apart_and_labels_are_ordered():
    records = [
        record(label='oracle'), record(gamma=.6), record(gamma=.5, seed=1),
        record(label='released'), record(), record(method='ZS3Net'),
        record(split='other')]
    rows = summarize(records)
    assert [(r['split'], r['label'], r['method'], r['gamma'])
            for r in rows] == [
        ('other', 'strict', 'SPNet', [0]),
        ('pets', 'strict', 'SPNet', [.5, .6]),
        ('pets', 'strict', 'SPNet', [0]),
        ('pets', 'strict', 'ZS3Net', [0]),
        ('pets', 'released', 'SPNet', [0]),
        ('pets', 'oracle', 'SPNet', [0])]


@pytest.mark.parametrize('key, values', [
    ('embeddings', [None, 'a1', 'b2']), ('absent', ['skip', 'zero']),
    ('background', ['seen', 'ignored'])])
def test_what_is_scored_otherwise_is_not_averaged(key, values):
    rows = summarize([dict(record(), **{key: value}) for value in values])
    assert [row['runs'] for row in rows] == [1] * len(values)


def test_a_seed_counts_once():
    with pytest.raises(ValueError, match=(
            "2 records of 'SPNet' on split 'pets'.*have seed 4")):
        summarize([record(), record(seed=4), record(21., seed=4)])


def test_a_repeated_record_counts_once():
    """As when a calibration chose gamma 0: the row is there already."""
    again = dict(record(seed=4), checkpoint='elsewhere.pth')
    row, = summarize([record(seed=4), again, record(30., seed=5)])
    assert row['runs'] == 2
    place = score_headings().index('Unseen mIoU')
    assert row['mean'][place] == pytest.approx(25)


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
        '| Method | Data set | Split | Label | gamma | Seeds | Seen PA | '
        'Seen MA | Seen mIoU | Unseen PA | Unseen MA | Unseen mIoU | '
        'Overall PA | Overall MA | Overall mIoU | hIoU | Vanilla mIoU |')
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
        '| Method | Split | Label | gamma | Seeds | Seen mIoU | Unseen mIoU '
        '| Overall mIoU | hIoU |')
    assert lines[2] == (
        '| SPNet | pets | strict | 0 | 2 | 50.0 ± 0.0 | 21.0 ± 1.4 | '
        '50.0 ± 0.0 | 25.0 ± 0.0 |')
    assert len(format_table([record()], 'compact').split('\n')) == 3
    with pytest.raises(ValueError, match="layout must .* got 'tiny'"):
        markdown_table([record()], 'tiny')


def test_variants_are_kept_apart_and_shown():
    few = dict(label='few-label', method='SPNet')
    records = [dict(record(**few), variant=dict(n=n)) for n in (10, 5)]
    header, _, *rows = markdown_table(records, 'compact').split('\n')
    assert '| Label | Variant | gamma |' in header
    assert '| few-label | n=5 | 0 | 1 |' in rows[0]
    assert '| few-label | n=10 | 0 | 1 |' in rows[1]


def test_rows_that_would_look_alike_show_their_vectors():
    records = [dict(record(), embeddings=e) for e in ('abcdefgh', None)]
    header, _, *rows = markdown_table(records, 'compact').split('\n')
    assert '| Label | Vectors | gamma |' in header
    assert '| strict | abcdef | 0 |' in rows[0] and '| - | 0 |' in rows[1]
    assert 'Vectors' not in markdown_table(records[:1])


def test_other_labels_go_last():
    rows = summarize([record(label=name) for name in (
        'mine', 'oracle', 'few-label', 'self-training', 'strict')])
    assert [row['label'] for row in rows] == [
        'strict', 'few-label', 'self-training', 'oracle', 'mine']


def test_repeated_seeds_are_at_hand():
    with pytest.raises(RepeatedSeed) as caught:
        summarize([record(), record(21.)])
    assert [r['generalised']['unseen']['mIoU']
            for r in caught.value.records] == [20, 21]
