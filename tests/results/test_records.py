"""Reading results files, and saying what is none."""
import json

import pytest

from mmseg_zeroshot.results import collect_records, read_records

from .runs import record


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str)
                    else json.dumps(content), 'utf-8')
    return path


def test_files_of_one_and_of_many_records(tmp_path):
    one = write(tmp_path / 'one.json', record())
    many = write(tmp_path / 'many.json', [record(), record(seed=1)])
    assert read_records(one) == [record()]
    assert len(read_records(many)) == 2


def without(key):
    found = record()
    del found['generalised'][key]
    return found


@pytest.mark.parametrize('content, message', [
    ('[{"generalised"', 'x.json is not valid JSON'),
    ('[' * 100_000, 'x.json is not valid JSON'),
    ('[{"hIoU": 3}]', "x.json holds something without 'generalised'"),
    ('[3]', 'without'),
    ([dict(record(), split=3)], "whose 'split' is 3 instead of a text"),
    ([dict(record(), label=None)], "whose 'label' is None"),
    ([dict(record(), absent=['skip'])], "whose 'absent' is \\['skip'\\]"),
    ([dict(record(), variant='n5')], "whose 'variant' is 'n5'"),
    ([without('unseen')], "incomplete scores .KeyError: 'unseen'"),
    ([record('high')], "'high' for a number"),
    ([dict(record(), generalised=None)], 'incomplete scores')])
def test_files_that_hold_no_results_are_errors(content, message, tmp_path):
    path = write(tmp_path / 'x.json', content)
    with pytest.raises(ValueError, match=message):
        read_records(path)


def test_bytes_that_are_no_text_are_an_error(tmp_path):
    (tmp_path / 'x.json').write_bytes(b'\xff\xfe{}')
    with pytest.raises(ValueError, match='x.json is not valid JSON'):
        read_records(tmp_path / 'x.json')


def test_folders_are_searched_and_bad_files_skipped(tmp_path):
    good = write(tmp_path / 'a/seed0/zero_shot_results.json', record())
    recipe = write(tmp_path / 'a/results.json', [record(), record(seed=1)])
    cut = write(tmp_path / 'a/cut/zero_shot_results.json', '{"method": "SP')
    write(tmp_path / 'a/vis_data/scalars.json', '{"lr": 1}\n{"lr": 2}')
    found = collect_records([tmp_path / 'a', good])
    assert sorted(map(str, found.sources)) == sorted(
        map(str, [good, recipe, recipe]))
    assert len(found.records) == 3 and found.num_files == 3
    assert [str(cut) in text for text in found.skipped] == [True]


def test_a_folder_of_named_results_files(tmp_path):
    write(tmp_path / 'docs/voc.json', [record()])
    write(tmp_path / 'docs/foreign.json', dict(lr=1))
    found = collect_records([tmp_path])
    assert len(found.records) == 1 and len(found.skipped) == 1
    assert 'foreign.json holds' in found.skipped[0]


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match='nowhere: no such file'):
        collect_records([tmp_path / 'nowhere'])
