"""What is said about running steps, with a clock of our own."""

import json
from pathlib import Path

import pytest

from mmseg_zeroshot.experiments.running.progress import (
    PAUSE,
    Progress,
    fraction,
    known_seconds,
)
from mmseg_zeroshot.experiments.running.tasks import Task, make_tasks

from .toys import run_toy, toy_steps


class Clock:
    """Stands still until it is told."""

    now = 0.

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """At zero."""
    return Clock()


def log(task: Task, text: str) -> None:
    task.folder.mkdir(parents=True, exist_ok=True)
    (task.folder / 'log.txt').write_text(text)


def test_two_running_steps_are_told_apart(tmp_path, clock):
    told = []
    tasks = make_tasks(toy_steps(), [0], tmp_path)
    progress = Progress(tasks, dict(seen=100, spnet=200, bank=40, best=10),
                        jobs=2, report=told.append, clock=clock)
    progress.skip(tasks[0], 'already done')
    progress.begin(tasks[1], 'not run yet')
    progress.begin(tasks[2], 'goes on')
    assert told == [
        '[1/4] seen: already done',
        '[2/4] spnet, seed 0: starts (not run yet; run: 0:00 passed, about '
        '3:20 left)',
        '[3/4] bank: starts (goes on; run: 0:00 passed, about 3:20 left)']
    told.clear()
    progress.tick()
    assert told == []
    clock.now = PAUSE
    log(tasks[1], 'Iter(train) [ 10/100]')
    progress.tick()
    progress.tick()
    assert told == [
        '[2/4] spnet, seed 0: 10 %, 0:30 passed, 4:30 left (run: 0:30 '
        'passed, about 4:30 left)',
        '[3/4] bank: 0 %, 0:30 passed, 0:10 left (run: 0:30 passed, about '
        '4:30 left)']


def test_a_finished_seed_is_the_estimate_of_the_next(tmp_path, clock):
    tasks = make_tasks(toy_steps()[:2], [0, 1], tmp_path)
    progress = Progress(tasks, {}, report=lambda text: None, clock=clock)
    assert progress.left(0) is None
    progress.skip(tasks[0], 'already done')
    progress.begin(tasks[1], 'not run yet')
    clock.now = 50.
    assert progress.end(tasks[1]) == 50
    assert progress.left(50) == 50


def test_a_failed_step_is_no_estimate(tmp_path, clock):
    told = []
    tasks = make_tasks(toy_steps()[:1], [0], tmp_path)
    progress = Progress(tasks, {}, report=told.append, clock=clock)
    progress.begin(tasks[0], 'not run yet')
    clock.now = 65.
    progress.end(tasks[0], failed=True)
    assert told[-1] == '[1/1] seen: failed after 1:05'
    assert progress._seconds == {}


def test_earlier_runs_of_any_seed_are_known(tmp_path):
    run_toy(tmp_path, toy_steps(), seeds=(3, ))
    for path in tmp_path.glob('seed3/*/done.json'):
        done = dict(json.loads(path.read_text()), seconds=7.)
        path.write_text(json.dumps(done | dict(
            resumed=done['step'] == 'best')))
    known = known_seconds(tmp_path)
    assert known['spnet'] == 7
    assert set(known) == {'seen', 'spnet', 'bank'}


@pytest.mark.parametrize('text, part', [
    ('', 0), ('Iter(train) [ 25/100]', .25), ('[5/10] then [10/10]', 1),
    ('[3/0]', 1)])
def test_the_last_counter_of_a_log_says_how_far_it_is(tmp_path, text, part):
    path = tmp_path / 'log.txt'
    path.write_text(text)
    assert fraction(path) == part
    assert fraction(Path(tmp_path, 'none')) == 0
