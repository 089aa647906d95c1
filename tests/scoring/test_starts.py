"""Ids from 0 or from 1: found where the data say it, else asked for."""
import numpy as np
import pytest

from mmseg_zeroshot import ClassSplit
from mmseg_zeroshot.scoring.reading import Reading

from .files import CONFUSION, GUESS, SPLIT, TRUTH, both
from .test_folder import score

FROM_ONE = 'start at 1, and 0 is no label'


def one_up(maps, nothing=255):
    """As reduce_zero_label has them: 0 is no label."""
    return {name: np.where(ids == nothing, 0, ids + 1)
            for name, ids in maps.items()}


@pytest.mark.parametrize('truth, guess, said', [
    (TRUTH, GUESS, ''),
    (one_up(TRUTH), one_up(GUESS), f'label maps {FROM_ONE}; predictions'),
    (one_up(TRUTH), GUESS, f'label maps {FROM_ONE} ('),
    (TRUTH, one_up(GUESS), f'predictions {FROM_ONE} (')])
def test_starts_are_found_and_said(tmp_path, truth, guess, said):
    scored = score(*both(tmp_path, truth, guess))
    assert scored.confusion.tolist() == CONFUSION
    assert said in '\n'.join(scored.notes)
    assert bool(said) == (FROM_ONE in '\n'.join(scored.notes))


def test_regions_are_those_of_the_right_class(tmp_path):
    scored = score(*both(tmp_path, one_up(TRUTH), one_up(GUESS)))
    assert [row.get('regions') for row in scored.record['per_class']] == [
        None, None, None, 2]


# No pixel is predicted as 0 or as 4, and no label map holds 4.
OPEN = dict(a=np.array([[0, 1, 2, 3]])), dict(a=np.array([[1, 1, 2, 3]]))


def test_what_is_open_is_asked_for(tmp_path):
    sides = both(tmp_path, *OPEN)
    with pytest.raises(ValueError, match=(
            r'(?s)75\.0 % of the pixels are right .* start at 0 and '
            r'predictions at 0; 100\.0 % .* at 1 and predictions at 1.*'
            '--first-id')):
        score(*sides)
    zero = score(*sides, read_predictions=Reading(first_id=0))
    assert zero.confusion[0].tolist() == [0, 1, 0, 0]
    with pytest.raises(ValueError, match='unseen .cow'):
        score(*sides, read_predictions=Reading(first_id=1),
              read_truth=Reading(first_id=1))


def test_an_ignored_first_class_need_not_be_predicted(tmp_path):
    """A background that is not scored, as in SPNet's split of VOC."""
    split = ClassSplit(SPLIT.classes, unseen=['cow'], ignored=['background'])
    scored = score(*both(tmp_path, *OPEN), split=split)
    assert np.diag(scored.confusion).tolist() == [0, 1, 1, 1]
    assert FROM_ONE not in '\n'.join(scored.notes)


def test_few_right_pixels_decide_nothing(tmp_path):
    """By chance, ids that are moved by one may be right more often."""
    truth, guess = np.array([[0, 3, 2, 1]]), np.array([[3, 0, 1, 2]])
    sides = both(tmp_path, dict(a=truth), dict(a=guess))
    with pytest.raises(ValueError, match=(
            r'(?s)0\.0 % of .* at 0 and .* at 0; 33\.3 % .*--first-id')):
        score(*sides)


def test_a_start_that_is_told_is_checked(tmp_path):
    sides = both(tmp_path)
    with pytest.raises(ValueError, match='predictions are outside.*: 0 in a'):
        score(*sides, read_predictions=Reading(first_id=1))
    with pytest.raises(ValueError, match='first id must be 0 or 1, got 2'):
        Reading(first_id=2)
