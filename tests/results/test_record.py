"""The schema of a results record: checks, defaults, order."""
import copy

import pytest

from mmseg_zeroshot.results.record import (
    Record,
    from_json,
    score_values,
    to_json,
)

from .runs import record

ROW = {'class': 'cow', 'group': 'unseen', 'IoU': 1.5, 'accuracy': None,
       'pixels': 7}
REMOVED = object()


def changed(path, value):
    """A record in which the entry at a path has another value, or none."""
    found = record(per_class=[dict(ROW)])
    place = found
    for key in path[:-1]:
        place = place[key]
    if value is REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return found


def test_a_record_stays_as_it_is():
    whole = record(per_class=[dict(ROW, vanilla_IoU=None, regions=2)])
    before = copy.deepcopy(whole)
    assert from_json(whole, 'x') == to_json(whole) == whole == before
    assert list(whole) == list(Record.__annotations__)


def test_old_records_get_the_documented_defaults():
    needed = {key: record()[key]
              for key in ('method', 'split', 'supervision', 'generalised')}
    found = from_json(needed, 'x')
    assert {key: found[key] for key in found if key not in needed} == dict(
        dataset='', background=None, absent=None, embeddings=None, seed=None,
        checkpoint=None, gamma=0., variant={}, inductive=True, vanilla=None,
        vanilla_rule='', per_class=[], scored_files=None)
    assert from_json(dict(record(), gamma=None), 'x')['gamma'] == 0


def test_the_former_key_of_the_supervision_is_read():
    old = dict(record())
    old['label'] = old.pop('supervision')
    assert from_json(old, 'x') == record()
    assert 'label' not in to_json(from_json(old, 'x'))


FILES = dict(kind='label maps', images=3, predictions='a', truth=None,
             resize=None, partial=False, version='1')


def test_files_that_were_scored_are_kept():
    assert from_json(changed(['scored_files'], dict(FILES, more=1)),
                     'x')['scored_files'] == FILES


def test_defaults_are_not_shared():
    first = from_json(changed(['variant'], None), 'x')
    first['variant']['n'] = 5
    assert from_json(changed(['variant'], None), 'x')['variant'] == {}


def test_keys_of_newer_versions_are_left_out():
    assert 'power' not in from_json(dict(record(), power=3), 'x')


@pytest.mark.parametrize('path, value, message', [
    (['split'], REMOVED, "f.json has no 'split'; .*ZeroShotResultsHook"),
    (['generalised'], REMOVED, "f.json has no 'generalised'"),
    (['split'], 3, "f.json: 'split' is 3 instead of a text"),
    (['supervision'], None, "'supervision' is None instead of a text"),
    (['absent'], ['skip'], r"'absent' is \['skip'\] instead of a text"),
    (['seed'], 1.5, "'seed' is 1.5 instead of a whole number"),
    (['gamma'], True, "'gamma' is True instead of a number"),
    (['inductive'], 1, "'inductive' is 1 instead of true or false"),
    (['variant'], 'n5', "'variant' is 'n5' instead of an object"),
    (['variant'], dict(n=[5]), r"'variant', 'n' is \[5\] instead of a w"),
    (['generalised'], None, "'generalised' is None instead of an object"),
    (['generalised', 'unseen'], REMOVED, "'generalised' has no 'unseen'"),
    (['generalised', 'hIoU'], REMOVED, "'generalised' has no 'hIoU'"),
    (['generalised', 'unseen', 'mIoU'], 'high',
     "'generalised', 'unseen', 'mIoU' is 'high' instead of a number"),
    (['vanilla', 'unseen', 'PA'], REMOVED, "'vanilla', 'unseen' has no 'PA'"),
    (['per_class'], 'cow', "'per_class' is 'cow' instead of a list"),
    (['per_class', 0, 'pixels'], REMOVED, "entry 1 has no 'pixels'"),
    (['per_class', 0, 'regions'], 'a', "entry 1, 'regions' is 'a'"),
    (['scored_files'], 'label maps', "'scored_files' is 'label maps' inst"),
    (['scored_files'], dict(FILES, partial=None),
     "'scored_files', 'partial' is None instead of true or false"),
    (['scored_files'], dict(kind='label maps'),
     "'scored_files' has no 'images'")])
def test_what_is_no_record_is_an_error(path, value, message):
    with pytest.raises(ValueError, match=message):
        from_json(changed(path, value), 'f.json')


def test_other_things_are_no_record():
    with pytest.raises(ValueError, match='f.json is 3 instead of a results'):
        from_json(3, 'f.json')


def test_scores_are_in_the_papers_order():
    assert score_values(record(None)) == [
        70, 60, 50, 40, 30, None, 70, 60, 50, None, 30]
    assert score_values(record(vanilla=None))[-2:] == [25.04, None]


@pytest.mark.parametrize('path, value, message', [
    (['variant', 'n'], [5], r"'variant', 'n' is \[5\] instead of a whole"),
    (['variant', 'n'], 'five', "'n' is 'five' instead of a whole number"),
    (['variant', 'p'], {}, "'variant', 'p' is {} instead of a number"),
    (['variant', 'p'], 10**400, "'p' is 1000.*instead of a finite number"),
    (['gamma'], float('inf'), "'gamma' is inf instead of a finite number"),
    (['gamma'], float('nan'), "'gamma' is nan instead of a finite number"),
    (['seed'], 10**400, "'seed' is 1000.*instead of a finite number"),
    (['generalised', 'hIoU'], 10**400, "'hIoU' is 1.*instead of a finite"),
    (['generalised', 'hIoU'], 100.5, "'hIoU' is 100.5 instead of a percent"),
    (['generalised', 'hIoU'], -1, "'hIoU' is -1 instead of a percentage"),
    (['per_class', 0, 'IoU'], float('inf'), "'IoU' is inf instead of a fin"),
])
def test_numbers_that_are_none(path, value, message):
    with pytest.raises(ValueError, match=f'^x: .*{message}'):
        from_json(changed(path, value), 'x')
