"""What may be removed, and what must stay."""

import pytest

from mmseg_zeroshot.experiments.running import (
    find_leftovers,
    make_tasks,
)
from mmseg_zeroshot.experiments.running.leftovers import (
    readable_age,
    readable_size,
)
from mmseg_zeroshot.utils.locks import locked

from .toys import run_toy, task_of, toy_steps


def test_folders_of_steps_as_they_were_are_left_over(tmp_path):
    old = toy_steps(lr=0.1)
    run_toy(tmp_path, old)
    run_toy(tmp_path, toy_steps())
    tasks = make_tasks(toy_steps(), [0], tmp_path)
    found = find_leftovers(tmp_path, tasks)
    gone = [task_of(name, old, tmp_path).folder for name in ('best', 'spnet')]
    assert [item.folder for item in found] == gone
    assert 'kB, less than a minute old' in str(found[0])
    for item in found:
        item.remove()
    assert not any(folder.exists() for folder in gone)
    assert run_toy(tmp_path, toy_steps()) == []


def test_what_no_run_has_made_stays(tmp_path):
    run_toy(tmp_path, toy_steps())
    for place in ('notes', 'shared/mine', 'seed0/spnet-12345678'):
        (tmp_path / place).mkdir()
        (tmp_path / place / 'thesis.tex').write_text('all of it')
    (tmp_path / 'shared/mine/step.json').write_text('[]')
    assert find_leftovers(
        tmp_path, make_tasks(toy_steps(), [0], tmp_path)) == []


@pytest.mark.parametrize('inside', ['.', 'bank'])
def test_what_a_job_works_on_stays(tmp_path, inside):
    old = toy_steps(lr=0.1)
    run_toy(tmp_path, old)
    tasks = make_tasks(toy_steps(), [0], tmp_path)
    busy = task_of('spnet', old, tmp_path).folder
    with locked(busy / inside, 'works', 'wait'):
        assert busy not in [
            item.folder for item in find_leftovers(tmp_path, tasks)]
    assert busy in [item.folder for item in find_leftovers(tmp_path, tasks)]


def test_sizes_and_ages():
    assert [readable_size(n) for n in (12, 1500, 23.4e6, 5e9)] == [
        '12 B', '1.5 kB', '23.4 MB', '5.0 GB']
    assert [readable_age(n) for n in (5, 60, 7300, 86400)] == [
        'less than a minute', '1 minute', '2 hours', '1 day']
