"""Records as tables."""
import json

import pytest

from mmseg_zeroshot.utils.tables import score_headings, text_table
from mmseg_zeroshot.visualization import (
    format_table,
    markdown_table,
    read_records,
    summarize,
)


def record(unseen=20., seed=0, method='SPNet', label='strict', gamma=0.,
           split='pets', vanilla=30.):
    group = dict(PA=70., MA=60., mIoU=50.)
    return dict(
        method=method, dataset='Pets', split=split, label=label, seed=seed,
        gamma=gamma,
        generalised=dict(
            seen=group, unseen=dict(PA=40., MA=30., mIoU=unseen),
            overall=group, hIoU=None if unseen is None else 25.04),
        vanilla=None if vanilla is None else dict(
            unseen=dict(PA=1., MA=2., mIoU=vanilla)))


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


def test_files_of_one_and_of_many_records(tmp_path):
    one, many = tmp_path / 'one.json', tmp_path / 'many.json'
    one.write_text(json.dumps(record()), 'utf-8')
    many.write_text(json.dumps([record(), record(seed=1)]), 'utf-8')
    assert read_records(one) == [record()]
    assert len(read_records(many)) == 2


@pytest.mark.parametrize('text, message', [
    ('[{"generalised"', 'x.json is not valid JSON'),
    ('[{"hIoU": 3}]', "x.json holds something without 'generalised'"),
    ('[3]', 'without')])
def test_files_that_hold_no_results_are_errors(text, message, tmp_path):
    path = tmp_path / 'x.json'
    path.write_text(text, 'utf-8')
    with pytest.raises(ValueError, match=message):
        read_records(path)
