"""Why a step runs again, in words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mmseg_zeroshot.experiments.running.folders import begin, state
from mmseg_zeroshot.experiments.running.reasons import why
from mmseg_zeroshot.experiments.step import Step

from .toys import task_of, toy_steps


def reason(before, after, name='spnet') -> str:
    old, new = (task_of(name, steps, Path('work'))
                for steps in (before, after))
    return why(new, old.identity)


@pytest.fixture
def farm(tmp_path) -> str:
    """A word table."""
    path = tmp_path / 'farm.npz'
    np.savez(path, cow=np.ones(2))
    return str(path)


def test_words_are_named_by_their_files(farm):
    assert reason(toy_steps(), toy_steps(words=farm)) == (
        'words changed: glove-6b-50d -> farm.npz')
    assert reason(toy_steps(), toy_steps(words=['word2vec', farm])) == (
        'words changed: glove-6b-50d -> word2vec, farm.npz')


def test_a_split_in_many_places_is_named_once():
    assert reason(toy_steps(), toy_steps(unseen=('cow', 'cat'))) == (
        'split.unseen changed: cow -> cow, cat')


def test_a_value_is_named_by_its_key():
    assert reason(toy_steps(), toy_steps(lr=0.01)) == (
        'optim_wrapper.optimizer.lr changed: 0.001 -> 0.01')


def test_an_input_is_named():
    assert reason(toy_steps(), toy_steps(depth=3)) == (
        "its input 'seen' changed")


def test_new_and_lost_keys_are_named():
    assert reason(toy_steps(), toy_steps(depth=3), 'seen') == (
        'depth is new: 3')
    assert reason(toy_steps(depth=3), toy_steps(), 'seen') == (
        'depth is gone, it was 3')


def test_another_content_is_named(farm):
    before = task_of('spnet', toy_steps(words=farm), Path('work')).identity
    np.savez(farm, cow=np.zeros(2))
    after = task_of('spnet', toy_steps(words=farm), Path('work'))
    assert why(after, before) == 'the content of farm.npz changed'


def test_a_file_that_moved_is_no_reason(farm, tmp_path):
    other = tmp_path / 'elsewhere.npz'
    other.write_bytes(Path(farm).read_bytes())
    assert reason(toy_steps(words=farm), toy_steps(
        words=str(other), lr=0.01)) == (
            'optim_wrapper.optimizer.lr changed: 0.001 -> 0.01')


def test_words_and_split_come_first_and_three_are_enough():
    after = toy_steps(words='word2vec', unseen=('cat', ), lr=0.01, depth=3)
    assert reason(toy_steps(), after) == (
        'words changed: glove-6b-50d -> word2vec; '
        'split.unseen changed: cow -> cat; '
        'optim_wrapper.optimizer.lr changed: 0.001 -> 0.01; and 1 more')


def test_a_length_comes_before_the_schedule_that_follows_from_it():
    before, after = (toy_steps(param_scheduler=[dict(end=n)],
                               train_cfg=dict(max_iters=n)) for n in (6, 24))
    assert reason(before, after, 'seen') == (
        'train_cfg.max_iters, param_scheduler.0.end changed: 6 -> 24')


@pytest.mark.parametrize('change, text', [
    (lambda names: ['tiger' if n == 'traffic light' else n for n in names],
     "a.classes: 'traffic light' -> 'tiger'"),
    (lambda names: [*names[1:], 'tiger', 'lion'],
     'a.classes: + tiger, + lion, - cow'),
    (lambda names: [*names, *'abcde'], 'a.classes: + a, + b, + c, and 2 more'),
])
def test_a_class_list_in_many_places_says_once_what_changed(change, text):
    names = ['cow', 'wooden table', 'aeroplane', 'traffic light', 'giraffe']
    before, after = ([Step('seen', 'train', dict(
        a=dict(classes=n), b=dict(c=dict(classes=['background', *n])),
        d=[dict(classes=n)]))] for n in (names, change(names)))
    assert reason(before, after, 'seen') == text


def test_a_changed_command_is_named():
    step = Step('plot', 'plot', arguments=('curves', '--log'))
    assert reason([step], [replace(step, arguments=('curves', ))], 'plot') == (
        'arguments changed: curves, --log -> curves')


def test_the_newest_folder_of_the_step_and_seed_is_compared(tmp_path):
    def task(steps, seed=0):
        return task_of('spnet', steps, tmp_path, seed)

    assert state(task(toy_steps())).reason == 'not run yet'
    for rate in (0.1, 0.2):
        begin(task(toy_steps(lr=rate)))
    assert state(task(toy_steps())).reason == (
        'optim_wrapper.optimizer.lr changed: 0.2 -> 0.001')
    assert state(task(toy_steps(), seed=1)).reason == 'not run yet'
    # A step whose name begins alike is another one.
    other = Step('spnet-2', 'train', dict(width=1))
    begin(task_of('spnet-2', [other], tmp_path))
    assert 'width' not in state(task(toy_steps())).reason
