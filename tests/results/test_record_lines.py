"""Records as JSON Lines."""
import json

import pytest

from mmseg_zeroshot.results.record_lines import lines, read_lines

from .runs import record


def run(seed, iou=12.345678901234567, pixels=9, **more):
    return record(seed=seed, per_class=[
        {'class': 'sky', 'group': 'seen', 'IoU': None, 'accuracy': 0.1,
         'pixels': 0},
        {'class': 'cow', 'group': 'unseen', 'IoU': iou, 'accuracy': 2.5,
         'pixels': pixels, 'vanilla_IoU': 1 / 3, 'regions': 2}], **more)


RUNS = [run(0), run(1), run(2, split='other'), run(3, split='other'),
        run(4, pixels=8, background='seen'), record()]


def test_records_come_back_with_every_digit():
    assert read_lines(''.join(lines(RUNS)), 'x.jsonl') == RUNS


def test_a_line_is_a_record_or_what_the_next_ones_share():
    found = [json.loads(line) for line in lines(RUNS)]
    assert ['shared' in line for line in found] == [
        True, False, False, True, False, False, True, False, True, False]
    assert found[0]['shared'] == dict(
        dataset='Pets', split='pets', background=None, absent=None,
        per_class={'class': ['sky', 'cow'], 'group': ['seen', 'unseen'],
                   'pixels': [0, 9]})
    assert found[1]['per_class'] == {
        'IoU': [None, 12.345678901234567], 'accuracy': [0.1, 2.5],
        'vanilla_IoU': {'cow': 1 / 3}, 'regions': {'cow': 2}}
    assert not found[1].keys() & found[0]['shared'].keys() - {'per_class'}


def test_lines_may_be_whole_records():
    text = '\n'.join(map(json.dumps, RUNS)) + '\n\n'
    assert read_lines(text, 'x.jsonl') == RUNS
    mixed = ''.join(lines(RUNS[:1])) + json.dumps(RUNS[3])
    assert read_lines(mixed, 'x.jsonl') == [RUNS[0], RUNS[3]]


def test_separators_in_names_do_not_end_a_line():
    odd = run(0, method='a\u2028b\nc')
    assert read_lines(''.join(lines([odd])), 'x.jsonl') == [odd]


@pytest.mark.parametrize('text, message', [
    ('{"shared": {}}\n{"meth', 'x.jsonl, line 2 is not valid JSON'),
    ('\n3', 'x.jsonl, line 2 is 3 instead of a results record'),
    ('{"method": "SPNet"}', "x.jsonl, line 1 has no 'split'"),
    ('{"per_class": {"class": ["a"], "IoU": [1, 2]}}',
     "line 1: 'per_class' has .1, 2. of 'IoU' for 1 classes")])
def test_lines_that_are_no_records_are_named(text, message):
    with pytest.raises(ValueError, match=message):
        read_lines(text, 'x.jsonl')
