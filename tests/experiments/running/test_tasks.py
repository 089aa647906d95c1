"""Steps times seeds, and what a fingerprint is made of."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mmseg_zeroshot.experiments.methods import make_plan
from mmseg_zeroshot.experiments.running import make_tasks
from mmseg_zeroshot.experiments.running.identity import IGNORED
from mmseg_zeroshot.experiments.step import Step

from ..files import own
from .toys import task_of, toy_steps


def prints(steps, work_dir=Path('work'), seeds=(0, )) -> dict[str, str]:
    return {task.label: task.fingerprint
            for task in make_tasks(steps, seeds, work_dir)}


def changed(before: list[Step], after: list[Step]) -> set[str]:
    """Names of the steps that run again."""
    old, new = prints(before), prints(after)
    return {label.split(',')[0] for label in old if old[label] != new[label]}


def test_a_step_runs_per_seed_or_once_and_a_final_one_at_the_end():
    plot = Step('plot', 'plot', arguments=('{results}', ), final=True)
    tasks = make_tasks([plot, *toy_steps()], [0, 7], Path('work'))
    assert [task.label for task in tasks] == [
        'seen', 'spnet, seed 0', 'bank', 'best, seed 0', 'spnet, seed 7',
        'best, seed 7', 'plot']
    assert set(tasks[-1].inputs) == {'seen-0', 'spnet-0', 'best-0', 'spnet-7',
                                     'best-7'}


def test_a_folder_is_named_by_step_seed_and_fingerprint(tmp_path):
    for name, place in [('seen', 'shared'), ('spnet', 'seed3')]:
        task = task_of(name, toy_steps(), tmp_path, seed=3)
        assert task.folder == (
            tmp_path / place / f'{name}-{task.fingerprint[:8]}')
        assert re.fullmatch('[0-9a-f]{64}', task.fingerprint)


@pytest.mark.parametrize('other, again', [
    (dict(words='word2vec'), {'spnet', 'best'}),
    (dict(unseen=('cow', 'cat')), {'spnet', 'best'}),
    (dict(lr=0.01), {'spnet', 'best'}),
    (dict(depth=3), {'seen', 'spnet', 'bank', 'best'}),
])
def test_what_a_step_does_not_read_does_not_run_it_again(other, again):
    assert changed(toy_steps(), toy_steps(**other)) == again


@pytest.mark.parametrize('change, again', [
    (dict(words='word2vec'), False),
    (dict(host='PSPHead'), True),
    (dict(max_vectors=64), True),
])
def test_a_bank_reads_the_network_and_not_the_words(change, again):
    def bank(words='glove', host='FCNHead', max_vectors=32) -> list[Step]:
        return [Step('bank', 'build-feature-bank', dict(
            model=dict(decode_head=dict(embeddings=words, host=host)),
            feature_bank=dict(max_vectors=max_vectors)))]

    assert bool(changed(bank(), bank(**change))) == again


def test_a_seed_changes_only_what_is_seeded():
    tasks = prints(toy_steps(), seeds=(0, 1))
    assert tasks['spnet, seed 0'] != tasks['spnet, seed 1']
    assert len(tasks) == 6


def test_the_place_of_the_run_does_not_count():
    assert prints(toy_steps(), Path('a')) == prints(toy_steps(), Path('b'))


@pytest.mark.parametrize('pattern', IGNORED)
def test_what_does_not_change_the_outcome_does_not_count(pattern):
    value: object = 5
    for part in reversed(pattern.replace('*', 'train').split('.')):
        value = {part: value}
    step = Step('seen', 'train', dict(width=1))
    assert not changed([step], [replace(step, config={**step.config,
                                                      **value})])


def test_neighbours_of_what_is_ignored_count():
    step = Step('seen', 'train', dict(train_dataloader=dict(batch_size=2)))
    other = Step('seen', 'train', dict(train_dataloader=dict(batch_size=4)))
    assert changed([step], [other])


@pytest.mark.parametrize('place', ['absolute', 'below data_root'])
def test_the_content_of_a_small_file_counts_and_its_path_does_not(
        tmp_path, place):
    def steps(folder: str) -> list[Step]:
        (tmp_path / folder).mkdir(exist_ok=True)
        path = tmp_path / folder / 'train.txt'
        if not path.exists():
            path.write_text('one\ntwo\n')
        config = (dict(ann_file=str(path)) if place == 'absolute' else
                  dict(data_root=str(path.parent), ann_file='train.txt'))
        return [Step('seen', 'train', dict(dataset=config))]

    before = prints(steps('a'))
    if place == 'absolute':
        assert prints(steps('b')) == before
    (tmp_path / 'a/train.txt').write_text('one\nsix\n')
    assert prints(steps('a')) != before


def test_a_word_table_is_known_by_its_content(tmp_path):
    path = tmp_path / 'farm.npz'
    np.savez(path, cow=np.ones(2))
    before = toy_steps(words=[str(path)])
    old = prints(before)
    np.savez(path, cow=np.zeros(2))
    new = prints(toy_steps(words=[str(path)]))
    assert old['seen'] == new['seen']
    assert old['spnet, seed 0'] != new['spnet, seed 0']


def test_words_of_an_experiment_do_not_train_its_plain_network(tmp_path):
    def steps(name: str) -> list[Step]:
        words = tmp_path / name
        np.savez(words, cow=np.ones(len(name)))
        experiment = replace(own(tmp_path), words=str(words))
        return list(make_plan(experiment, ['spnet', 'zs3net'],
                              calibrate=False).steps.values())

    before = steps('some.npz')
    assert {step.name for step in before} == {
        'seen', 'spnet', 'bank', 'generator', 'zs3net'}
    assert changed(before, steps('other.npz')) == {
        'spnet', 'generator', 'zs3net'}
    # The same words at another place are the same words.
    assert not changed(before, steps('same.npz'))


def test_a_config_value_without_text_is_refused():
    step = Step('seen', 'train', dict(model=dict(norm=np.float32(1))))
    with pytest.raises(ValueError, match="'seen': config: model: norm is a "
                                         'float32'):
        prints([step])


@pytest.mark.parametrize('seeds', [[], [1, 1]])
def test_wrong_seeds_are_refused(seeds):
    with pytest.raises(ValueError, match='seeds must be different'):
        make_tasks(toy_steps(), seeds, Path('work'))


@pytest.mark.parametrize('number, change, message', [
    (3, dict(name='spnet'), 'the name is taken'),
    (3, dict(load='spent'), "needs 'spent'.*spnet"),
    (1, dict(seeded=False, load='best'), "needs 'best'"),
    (3, dict(seeded=False), "is run once, but needs 'spnet'"),
    (2, dict(final=True), 'a final step stands by itself'),
])
def test_steps_that_do_not_fit_are_refused(number, change, message):
    steps = toy_steps()
    steps[number] = replace(steps[number], **change)
    with pytest.raises(ValueError, match=message):
        make_tasks(steps, [0], Path('work'))
