"""What a run may see is one table."""
from dataclasses import FrozenInstanceError, fields

import pytest

from mmseg_zeroshot.semantics.supervision import (
    DEFAULT,
    SUPERVISIONS,
    Supervision,
    current_keys,
    get_supervision,
    least_permitting,
    refuse_old_key,
    stated_supervision,
    supervision_rank,
)

ANSWERS = [field.name for field in fields(Supervision)
           if field.type == 'bool' and field.name != 'inductive']


def test_the_default_permits_nothing():
    strict = get_supervision(DEFAULT)
    assert ANSWERS and not any(getattr(strict, name) for name in ANSWERS)
    assert strict.inductive and strict.loads == (DEFAULT, )


@pytest.mark.parametrize('entry', SUPERVISIONS.values(), ids=SUPERVISIONS)
def test_a_run_loads_itself_and_what_permits_no_more(entry):
    loaded = {name for name in SUPERVISIONS if entry.may_load(name)}
    assert {DEFAULT, entry.name} <= loaded
    assert entry.loads is None or loaded == set(entry.loads)
    for name in loaded:
        # With true masks of all classes there is nothing left to hide.
        assert entry.unseen_masks or all(
            getattr(entry, answer) or not getattr(SUPERVISIONS[name], answer)
            for answer in ANSWERS)


def test_the_order_is_the_tables():
    assert sorted(set(SUPERVISIONS), key=supervision_rank) == list(
        SUPERVISIONS)
    assert supervision_rank('mine') > supervision_rank('oracle')


def test_a_misspelt_name_gets_a_hint():
    with pytest.raises(ValueError, match="'few_labels'.*nearest.*few-label"):
        get_supervision('few_labels')


def test_entries_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        get_supervision('strict').unseen_masks = True


def test_messages_name_the_least_that_helps():
    assert least_permitting('true_layouts') == 'paper'
    assert least_permitting('few_labels') == 'few-label'


def test_the_former_key_is_named():
    with pytest.raises(ValueError, match=(
            "recipe: label='paper' .*write supervision='paper'")):
        refuse_old_key(dict(label='paper'), 'recipe')
    with pytest.raises(ValueError, match='ZeroShotResultsHook: label='):
        stated_supervision(dict(label='oracle'))
    assert stated_supervision({}).name == DEFAULT


def test_files_of_an_older_version_are_read():
    assert current_keys(dict(label='paper', seed=1)) == dict(
        supervision='paper', seed=1)
