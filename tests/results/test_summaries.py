"""Runs put together over seeds."""
import pytest

from mmseg_zeroshot.results import summarize
from mmseg_zeroshot.results.summaries import RepeatedSeed
from mmseg_zeroshot.utils.tables import score_headings

from .runs import record


def test_seeds_are_averaged():
    records = [record(u, seed=i) for i, u in enumerate([18., 20., 25.])]
    row, = summarize(records)
    place = score_headings().index('Unseen mIoU')
    assert row['runs'] == 3
    assert row['mean'][place] == pytest.approx(21)
    assert row['std'][place] == pytest.approx(13**.5)


def test_unlike_runs_stay_apart_and_supervision_is_ordered():
    records = [
        record(supervision='oracle'), record(gamma=.6),
        record(gamma=.5, seed=1), record(supervision='released'), record(),
        record(method='ZS3Net'),
        record(split='other')]
    rows = summarize(records)
    assert [(r['split'], r['supervision'], r['method'], r['gamma'])
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


def test_other_words_go_last():
    rows = summarize([record(supervision=name) for name in (
        'mine', 'oracle', 'few-label', 'self-training', 'strict')])
    assert [row['supervision'] for row in rows] == [
        'strict', 'few-label', 'self-training', 'oracle', 'mine']


def test_repeated_seeds_are_at_hand():
    with pytest.raises(RepeatedSeed) as caught:
        summarize([record(), record(21.)])
    assert [r['generalised']['unseen']['mIoU']
            for r in caught.value.records] == [20, 21]


@pytest.mark.parametrize('turn', [1, -1])
def test_a_record_without_the_vanilla_score_repeats_a_fuller_one(turn):
    """A choice of gamma leaves the record of its best, without vanilla."""
    row, = summarize([record(), record(vanilla=None)][::turn])
    assert row['runs'] == 1 and row['mean'][-1] == 30
    with pytest.raises(RepeatedSeed):
        summarize([record(), record(vanilla=31.)])
