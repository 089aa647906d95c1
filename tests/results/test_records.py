"""Reading results files, and saying what is none."""
import json

import pytest

from mmseg_zeroshot.results import (
    collect_records,
    read_records,
    write_records,
)
from mmseg_zeroshot.results.records import shipped_records

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


@pytest.mark.parametrize('content', [
    '[{"generalised"', '[' * 100_000, '{"generalised": {}} {}'])
def test_files_that_are_no_json_are_errors(content, tmp_path):
    path = write(tmp_path / 'x.json', content)
    with pytest.raises(ValueError, match='x.json is not valid JSON'):
        read_records(path)


def test_the_entry_that_is_no_record_is_named(tmp_path):
    path = write(tmp_path / 'x.json', [record(), dict(record(), split=3)])
    with pytest.raises(ValueError, match=(
            "x.json, record 2: 'split' is 3 instead of a text")):
        read_records(path)


def test_bytes_that_are_no_text_are_an_error(tmp_path):
    (tmp_path / 'x.json').write_bytes(b'\xff\xfe{}')
    with pytest.raises(ValueError, match='x.json is not a UTF-8 text'):
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
    assert 'foreign.json has no ' in found.skipped[0]


def test_a_folder_of_lines_and_lists(tmp_path):
    write_records(tmp_path / 'a.jsonl', [record(), record(seed=1)])
    write(tmp_path / 'b.json', [record(seed=2)])
    found = collect_records([tmp_path])
    assert [r['seed'] for r in found.records] == [0, 1, 2]
    assert [path.name for path in found.sources] == [
        'a.jsonl', 'a.jsonl', 'b.json']


def test_one_record_stays_one(tmp_path):
    write_records(tmp_path / 'x.json', record())
    assert json.loads((tmp_path / 'x.json').read_text()) == record()
    write_records(tmp_path / 'x.json', [record()])
    assert json.loads((tmp_path / 'x.json').read_text()) == [record()]


def test_shipped_files_are_as_they_would_be_written(repo_root, tmp_path):
    files = sorted((repo_root / 'docs/results').glob('*.json*'))
    assert sum(len(read_records(file)) for file in files) == len(
        shipped_records(repo_root)) > 400
    for file in files:
        write_records(tmp_path / file.name, read_records(file))
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()
    assert sum(file.stat().st_size for file in files) < 1e6


@pytest.mark.parametrize('name', ['x.json', 'x.jsonl'])
def test_what_is_no_record_is_not_written(name, tmp_path):
    with pytest.raises(ValueError, match="the record: 'seed' is 'one'"):
        write_records(tmp_path / name, [record(), dict(record(), seed='one')])
    assert not list(tmp_path.iterdir())


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match='nowhere: no such file'):
        collect_records([tmp_path / 'nowhere'])


def test_a_run_is_read_through_its_table(tmp_path):
    """Its steps hold trials on validation classes too."""
    table = write(tmp_path / 'farm/results.json', [record()])
    for name in ('seed0/spnet-1', 'shared/held-out-spnet-2'):
        write(tmp_path / 'farm' / name / 'step.json', dict(step=name))
        write(tmp_path / 'farm' / name / 'zero_shot_results.json', record())
    alone = write(tmp_path / 'farm/mine/zero_shot_results.json', record())
    found = collect_records([tmp_path])
    assert sorted(found.sources) == sorted([table, alone])
    assert len(collect_records([tmp_path / 'farm/seed0']).records) == 1


BAD = {
    'digits.json': '{"generalised": ' + '9' * 5000 + '}',
    'large.json': json.dumps(dict(record(), gamma=0)).replace(
        '"gamma": 0', '"gamma": ' + '9' * 400),
    'infinity.json': json.dumps(dict(record(), gamma=float('inf'))),
    'list.json': json.dumps(dict(record(), variant=dict(n=[5]))),
    'text.json': json.dumps(dict(record(), variant=dict(n='five'))),
    'deep.json': '[' * 200_000 + ']' * 200_000,
    'twice.json': '{"method": "a", "method": "b"}',
    'shared.jsonl': '{"shared": {"per_class": [1]}}\n{"per_class": {}}',
    'classes.jsonl': '{"per_class": {"class": [[1]], "IoU": {"a": 1}}}',
    'column.jsonl': '{"per_class": {"class": ["a"], "IoU": 3}}',
    'bytes.jsonl': b'\xff\xfe',
}


def test_bad_files_are_named_and_do_not_stop_the_others(tmp_path):
    for name, text in BAD.items():
        (tmp_path / name).write_bytes(
            text if isinstance(text, bytes) else text.encode())
    good = write(tmp_path / 'good.json', record())
    found = collect_records([tmp_path])
    assert found.sources == [good]
    assert len(found.skipped) == len(BAD)
    for name in BAD:
        text = next(text for text in found.skipped if name in text)
        assert len(text) < 400, text
