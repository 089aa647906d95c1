"""Runs of a toy experiment: order, skipping, going on, failing."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import types
from dataclasses import replace
from pathlib import Path

import pytest
from mmengine.config import Config

from mmseg_zeroshot.experiments.running import (
    StepsFailed,
    describe,
    lock,
    make_executor,
    make_tasks,
    state,
    write_results,
)
from mmseg_zeroshot.experiments.running.executors import share
from mmseg_zeroshot.experiments.running.folders import begin
from mmseg_zeroshot.experiments.running.processes import start
from mmseg_zeroshot.experiments.step import Step, checkpoint_of, value_of
from mmseg_zeroshot.utils.locks import locked

from .toys import PROGRAM, names, read_calls, run_toy, task_of, toy_steps

ALL = ['seen', 'spnet', 'bank', 'best']


@pytest.fixture
def work(tmp_path) -> Path:
    """The folder of the run."""
    return tmp_path / 'work'


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob('*')
            if path.is_file() and not path.name.startswith('.lock')}


def test_steps_run_in_order_with_what_earlier_ones_left(work):
    calls = run_toy(work, toy_steps(), seeds=(0, 7))
    assert names(calls) == [*ALL, 'spnet', 'best']
    seen = task_of('seen', toy_steps(), work).folder
    spnet = task_of('spnet', toy_steps(), work, seed=7).folder
    best = task_of('best', toy_steps(), work, seed=7).folder
    bank = task_of('bank', toy_steps(), work).folder
    assert calls[4]['arguments'] == [
        str(spnet / 'config.py'), '--work-dir', str(spnet)]
    assert calls[4]['config']['load_from'] == str(seen / 'iter_3.pth')
    assert calls[4]['config']['randomness'] == {'seed': 7}
    assert calls[4]['config']['draw'] == 7
    assert calls[2]['arguments'] == [
        str(bank / 'config.py'), str(seen / 'iter_3.pth'), '--out',
        str(bank / 'bank')]
    assert calls[5]['arguments'][:2] == [
        str(best / 'config.py'), str(spnet / 'iter_3.pth')]
    assert calls[5]['config']['bank'] == str(bank)


def test_a_folder_says_what_was_done(work):
    run_toy(work, toy_steps(), experiment='farm')
    task = task_of('spnet', toy_steps(), work)
    done = json.loads((task.folder / 'done.json').read_text())
    assert done['fingerprint'] == task.fingerprint
    assert done['checkpoint'] == 'iter_3.pth'
    said = json.loads((task.folder / 'step.json').read_text())
    assert said['config']['load_from'] == '{seen.checkpoint}'
    assert said['inputs'] == {
        'seen': task_of('seen', toy_steps(), work).fingerprint}
    # The command wrote its own dump over the config.
    text = (task.folder / 'config.py').read_text()
    assert text.startswith("# Step 'spnet, seed 0' of experiment 'farm'.")
    assert Config.fromfile(task.folder / 'config.py').load_from.endswith(
        'iter_3.pth')


def test_what_is_done_is_skipped_even_if_the_folder_moved(work):
    run_toy(work, toy_steps())
    assert run_toy(work, toy_steps()) == []
    work.rename(work.with_name('moved'))
    assert run_toy(work.with_name('moved'), toy_steps()) == []


def test_other_words_do_not_run_the_plain_network_and_delete_nothing(work):
    run_toy(work, toy_steps())
    before = files(work)
    calls = run_toy(work, toy_steps(words='word2vec'))
    assert names(calls) == ['spnet', 'best']
    after = files(work)
    assert {path: after[path] for path in before} == before
    # Back to the first words, everything is there.
    assert run_toy(work, toy_steps()) == []


def test_a_lost_checkpoint_is_made_again(work):
    run_toy(work, toy_steps())
    (task_of('seen', toy_steps(), work).folder / 'iter_3.pth').unlink()
    assert names(run_toy(work, toy_steps())) == ['seen']


GAMMA = Step('gamma', 'calibrate', arguments=('--out', '{folder}'))
LABELS = Step('labels', 'pseudo-label', dict(), arguments=(
    '--out', '{folder}/labels'))


@pytest.mark.parametrize('step, output', [
    (GAMMA, 'values.json'), (LABELS, 'labels'), (toy_steps()[2], 'bank')])
def test_a_lost_output_is_made_again(work, step, output):
    steps = [toy_steps()[0], step]
    run_toy(work, steps)
    task = task_of(step.name, steps, work)
    (task.folder / output).rename(work / 'elsewhere')
    assert state(task).reason == f'{output} is gone'
    calls = run_toy(work, steps)
    assert [call['command'] for call in calls] == [step.command]
    assert (task.folder / output).exists()


@pytest.mark.parametrize('step, output', [
    (GAMMA, 'values.json'), (LABELS, 'labels')])
def test_a_step_that_leaves_nothing_for_others_is_a_failure(
        work, step, output):
    step = replace(step, arguments=(*step.arguments, '--lose'))
    with pytest.raises(StepsFailed, match=(
            f'left no {output} in .*{step.name}')):
        run_toy(work, [step])


def test_a_step_takes_what_an_earlier_one_chose(work):
    steps = [
        Step('gamma', 'calibrate', arguments=('--out', '{folder}')),
        Step('final', 'test', dict(
            gamma=value_of('gamma', 'model.gamma'),
            sizes=value_of('gamma', 'model.sizes'),
            name=f'with {value_of("gamma", "model.gamma")}')),
    ]
    text = list(describe(make_tasks(steps, [0], work)))[1]
    assert 'runs (not run yet)' in text
    config = run_toy(work, steps)[1]['config']
    assert (config['gamma'], config['sizes'], config['name']) == (
        0.25, [6, [1., True]], 'with 0.25')


def test_a_key_that_was_not_chosen_is_an_error_of_its_step(work):
    steps = [
        Step('gamma', 'calibrate', arguments=('--out', '{folder}')),
        Step('final', 'test', dict(a=value_of('gamma', 'model.gama'))),
    ]
    with pytest.raises(StepsFailed, match=(
            "step 'gamma, seed 0' chose no 'model.gama'. .*model.gamma")):
        run_toy(work, steps)


def test_a_final_step_reads_the_records_of_all_seeds(work):
    steps = [*toy_steps(), Step('curve', 'plot', final=True, arguments=(
        '{results}', '--out', '{folder}/curve'))]
    assert names(run_toy(work, steps, seeds=(0, 1)))[-1] == ''
    call = read_calls()[-1]
    assert call['arguments'][0] == str(work / 'results.json')
    assert run_toy(work, steps, seeds=(0, 1)) == []
    # Another seed is another curve.
    assert len(run_toy(work, steps, seeds=(0, 1, 2))) == 3


CURVE = Step('curve', 'plot', final=True, arguments=(
    '{results}', '--out', '{folder}/curve'))


def run_and_write(work: Path, steps: list[Step], **settings) -> list[dict]:
    """Run steps as the command does, which writes results.json."""
    rows = make_tasks(steps, [0], work)
    return run_toy(work, steps, after=lambda: write_results(rows, work),
                   **settings)


def test_a_final_step_never_reads_the_results_of_another_run(work):
    run_and_write(work, toy_steps())
    run_and_write(work, toy_steps(lr=1.)[:2])
    assert len(json.loads((work / 'results.json').read_text())) == 2
    # All rows are done: nothing but the plot runs.
    call, = run_and_write(work, [*toy_steps(), CURVE])
    assert call['rows'] == ['seen', 'spnet', 'best']


def test_a_final_step_waits_for_results_that_can_be_written(work):
    (work / 'results.json').mkdir(parents=True)
    with pytest.raises(StepsFailed, match="(?s)'curve'.*results.json"):
        run_and_write(work, [*toy_steps(), CURVE])
    assert names(read_calls()) == ALL


@pytest.mark.parametrize('error', [OSError('no space'), ValueError('torn')])
def test_results_that_cannot_be_written_end_no_step(work, error):
    told = []

    def after() -> None:
        raise error

    calls = run_toy(work, toy_steps(), after=after, report=told.append)
    assert names(calls) == ALL
    assert told.count(f'the results are not up to date: {error}') == len(ALL)
    assert run_toy(work, toy_steps()) == []


class Hanging:
    """Jobs that never end; stopping the first fails."""

    def __init__(self) -> None:
        self.stopped = []

    def submit(self, call):
        job = types.SimpleNamespace(folder=call.folder)
        job.code = self.code
        job.stop = lambda: self.stop(job.folder.name)
        return job

    def code(self):
        raise KeyboardInterrupt

    def stop(self, name: str) -> None:
        self.stopped.append(name.partition('-')[0])
        if self.stopped == ['left']:
            raise RuntimeError('scancel: not found')


def test_a_job_that_cannot_be_stopped_keeps_no_other_running(work):
    executor, told = Hanging(), []
    with pytest.raises(KeyboardInterrupt):
        run_toy(work, pair(meet=0), jobs=2, executor=executor,
                report=told.append)
    assert executor.stopped == ['left', 'right']
    assert told[-1] == ("step 'left, seed 0' may still run, since it cannot "
                        'be stopped: scancel: not found')


def pair(meet: int) -> list[Step]:
    """Two steps that do not depend on each other, and one on both."""
    return [
        Step('left', 'train', dict(meet=meet)),
        Step('right', 'train', dict(meet=meet)),
        Step('both', 'train', dict(
            load_from=checkpoint_of('left'), other=checkpoint_of('right'))),
    ]


def test_two_jobs_run_side_by_side(work):
    # Each waits until the other runs too.
    calls = run_toy(work, pair(meet=2), jobs=2)
    assert set(names(calls[:2])) == {'left', 'right'}
    assert names(calls[2:]) == ['both']


def test_one_job_runs_one_step_after_the_other(work, monkeypatch):
    began = []
    run_toy(work, pair(meet=0), report=began.append)
    kinds = [text.split(': ')[1].split(' (')[0].split(' in ')[0]
             for text in began]
    assert kinds == ['starts', 'done'] * 3


def test_jobs_share_cores_and_gpus(monkeypatch):
    monkeypatch.setattr(os, 'sched_getaffinity', lambda pid: set(range(8)),
                        raising=False)
    monkeypatch.setenv('CUDA_VISIBLE_DEVICES', '4,6')
    assert share(0, jobs=1) == {}
    assert share(2, jobs=3) == {
        'OMP_NUM_THREADS': '2', 'CUDA_VISIBLE_DEVICES': '4'}
    monkeypatch.setenv('OMP_NUM_THREADS', '5')
    monkeypatch.setenv('CUDA_VISIBLE_DEVICES', '4')
    assert share(1, jobs=3) == {}


def test_a_job_gets_its_share(work, monkeypatch):
    monkeypatch.setenv('CUDA_VISIBLE_DEVICES', '4,6')
    calls = run_toy(work, pair(meet=2), jobs=2)
    assert {call['gpu'] for call in calls[:2]} == {'4', '6'}
    assert all(int(call['threads']) >= 1 for call in calls)


@pytest.mark.parametrize('given', ['', 'elsewhere'])
@pytest.mark.parametrize('executor', ['local', 'submitit-local'])
def test_commands_find_the_modules_of_an_experiment(
        work, monkeypatch, given, executor):
    if executor != 'local':
        pytest.importorskip('submitit')
    monkeypatch.setenv('PYTHONPATH', given)
    steps, modules = toy_steps()[:1], work.parent / 'my modules'
    text, = describe(make_tasks(steps, [0], work), modules)
    assert "PYTHONPATH='" in text and f'{modules}' in text
    call, = run_toy(work, steps, modules=modules,
                    executor=make_executor(executor, 1, work))
    assert call['path'].split(os.pathsep) == [
        str(modules), *([given] if given else [])]


def test_a_failure_stops_only_what_depends_on_it(work, monkeypatch):
    monkeypatch.setenv('BREAK', 'spnet')
    told = []
    with pytest.raises(StepsFailed) as info:
        run_toy(work, toy_steps(), report=told.append)
    assert names(read_calls()) == ['seen', 'spnet', 'bank']
    message = str(info.value)
    assert "step 'spnet, seed 0' failed with exit code 3" in message
    assert 'the disc is full' in message
    assert 'Not run, because they need what failed: best, seed 0' in message
    assert any("best, seed 0: not run, it needs 'spnet'" in t for t in told)
    by_hand = next(line for line in message.splitlines()
                   if line.startswith('    ' + PROGRAM[0]))
    monkeypatch.delenv('BREAK')
    subprocess.run(shlex.split(by_hand), check=True)


def test_an_unfinished_training_goes_on(work, monkeypatch):
    monkeypatch.setenv('BREAK', 'spnet')
    with pytest.raises(StepsFailed):
        run_toy(work, toy_steps())
    monkeypatch.delenv('BREAK')
    told = []
    calls = run_toy(work, toy_steps(), report=told.append)
    assert names(calls) == ['spnet', 'best']
    assert calls[0]['arguments'][-1] == '--resume'
    # MMEngine would resume what is to be loaded.
    assert calls[0]['config']['load_from'] is None
    assert any('goes on from iter_3.pth' in text for text in told)
    # What stays is the config of the whole training.
    folder = task_of('spnet', toy_steps(), work).folder
    assert Config.fromfile(folder / 'config.py').load_from


def test_a_training_goes_on_in_a_copy_of_its_folder(work, monkeypatch):
    monkeypatch.setenv('BREAK', 'spnet')
    with pytest.raises(StepsFailed):
        run_toy(work, toy_steps())
    monkeypatch.delenv('BREAK')
    copy = work.with_name('copy')
    shutil.copytree(work, copy)
    for place in (work, copy):
        folder = task_of('spnet', toy_steps(), place).folder
        # Another step's, or that of the folder that was copied.
        (folder / 'last_checkpoint').write_text(
            str(task_of('spnet', toy_steps(), work).folder / 'iter_3.pth'))
    before = files(work)
    call = run_toy(copy, toy_steps())[0]
    assert call['noted'] == str(folder / 'iter_3.pth')
    assert files(work) == before


@pytest.mark.parametrize('note', ['', '/elsewhere/iter_9.pth'])
def test_a_torn_note_of_the_last_checkpoint_costs_nothing(
        work, monkeypatch, note):
    monkeypatch.setenv('BREAK', 'spnet')
    with pytest.raises(StepsFailed):
        run_toy(work, toy_steps())
    monkeypatch.delenv('BREAK')
    folder = task_of('spnet', toy_steps(), work).folder
    (folder / 'last_checkpoint').write_text(note)
    (folder / 'iter_2.pth').write_text('older weights')
    os.utime(folder / 'iter_2.pth', (0, 0))
    (folder / 'iter_9.pth').write_text('')  # killed while it was written
    before = files(folder)
    told = []
    calls = run_toy(work, toy_steps(), report=told.append)
    assert calls[0]['arguments'][-1] == '--resume'
    said = 'is empty' if not note else (
        'names iter_9.pth, which is not written to its end')
    assert any(f'goes on from iter_3.pth; {folder}/last_checkpoint {said}; '
               'the newest whole checkpoint is iter_3.pth' in text
               for text in told)
    assert files(folder).keys() >= before.keys()


def test_an_unfinished_training_that_changed_starts_anew(work, monkeypatch):
    monkeypatch.setenv('BREAK', 'spnet')
    with pytest.raises(StepsFailed):
        run_toy(work, toy_steps())
    monkeypatch.delenv('BREAK')
    calls = run_toy(work, toy_steps(lr=0.01))
    assert '--resume' not in calls[0]['arguments']


def test_a_row_without_results_is_a_failure_and_others_go_on(work):
    steps = [Step('a', 'test', dict(silent=True), report=True),
             Step('b', 'test', dict(), report=True)]
    with pytest.raises(StepsFailed, match=r'left no zero_shot_results\.json'):
        run_toy(work, steps)
    assert names(read_calls()) == ['a', 'b']


def test_results_are_those_of_finished_steps(work, monkeypatch):
    monkeypatch.setenv('BREAK', 'best')
    tasks = make_tasks(toy_steps(), [0], work)
    written = []
    with pytest.raises(StepsFailed):
        run_toy(work, toy_steps(), after=lambda: written.append(
            [record['method'] for record in write_results(tasks, work)]))
    assert written[0] == ['seen']
    assert written[-1] == ['seen', 'spnet']
    records = json.loads((work / 'results.json').read_text())
    assert [record['method'] for record in records] == ['seen', 'spnet']
    assert 'spnet' in (work / 'results.md').read_text()


def test_a_folder_that_is_not_ours_is_left_alone(work):
    precious = task_of('spnet', toy_steps(), work).folder / 'thesis.tex'
    precious.parent.mkdir(parents=True)
    precious.write_text('all of it')
    with pytest.raises(StepsFailed, match='was not made by'):
        run_toy(work, toy_steps())
    assert precious.read_text() == 'all of it'


def test_a_second_run_says_who_the_first_is(work):
    with lock(work), pytest.raises(RuntimeError, match=(
            rf'runs an experiment .*process {os.getpid()} on .*--work-dir')):
        run_toy(work, toy_steps())
    assert names(run_toy(work, toy_steps())) == ALL


RUNNER = """
import sys
from pathlib import Path
from mmseg_zeroshot.experiments.running import calls
from tests.experiments.running.toys import PROGRAM, run_toy, toy_steps
calls.PROGRAM = PROGRAM
run_toy(Path(sys.argv[1]), toy_steps())
"""


@pytest.mark.skipif(sys.platform != 'linux', reason='needs prctl')
@pytest.mark.parametrize('number', [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_ends_its_step_and_goes_on(
        work, repo_root, monkeypatch, number):
    monkeypatch.setenv('HANG', 'spnet')
    runner = subprocess.Popen(
        [sys.executable, '-c', RUNNER, str(work)], cwd=repo_root,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pid = Path(os.environ['CALLS'] + '-pid')
    wait_for(lambda: pid.exists() and pid.read_text().endswith('\n'))
    runner.send_signal(number)
    runner.wait()
    wait_for(lambda: not any(map(alive, map(int, pid.read_text().split()))),
             seconds=3)
    monkeypatch.delenv('HANG')
    calls = run_toy(work, toy_steps())
    assert names(calls) == ['spnet', 'bank', 'best']
    assert calls[0]['arguments'][-1] == '--resume'


@pytest.mark.skipif(sys.platform != 'linux', reason='needs prctl')
@pytest.mark.parametrize('program, code', [
    ('exit 3', 3), ('kill -KILL $$', 137), ('sleep 0.1; echo "$1"', 0)])
def test_a_step_keeps_its_exit_code(tmp_path, program, code):
    log = tmp_path / 'log.txt'
    line = ['sh', '-c', program, 'sh', 'it\'s "a" $text']
    assert start(line, log).wait() == code
    assert log.read_text().removeprefix('Killed\n') == (
        '' if code else 'it\'s "a" $text\n')


def wait_for(met, seconds=60) -> None:
    for _ in range(seconds * 20):
        if met():
            return
        time.sleep(0.05)
    pytest.fail('waited in vain')


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for does not."""
    try:
        state = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2]
    except OSError:
        return False
    return state.split()[0] != 'Z'


def test_dry_run_says_what_would_run_and_why(work):
    def told(steps) -> list[str]:
        return list(describe(make_tasks(steps, [0], work)))

    first = told(toy_steps())
    assert first[0].startswith('[1/4] seen: runs (not run yet)\n    ')
    assert shlex.split(first[0].splitlines()[1])[:3] == [*PROGRAM, 'train']
    assert 'iter_N.pth' in first[3]
    assert not work.exists()
    run_toy(work, toy_steps())
    assert [text.split('\n')[0] for text in told(toy_steps(lr=1.))] == [
        '[1/4] seen: done',
        '[2/4] spnet, seed 0: runs (optim_wrapper.optimizer.lr changed: '
        '0.001 -> 1.0)',
        '[3/4] bank: done',
        '[4/4] best, seed 0: runs (optim_wrapper.optimizer.lr changed: '
        "0.001 -> 1.0; its input 'spnet' changed)",
    ]


@pytest.mark.parametrize('value', [
    (64, 64), [[1, 2], [3]], "SPNet, 'ours' (2 of 3)", dict(a=(1, ), b=None),
    True, 1e-5, ('a', ), [], 'a\\b"c',
])
def test_values_of_every_kind_reach_the_config(work, value):
    step = Step('seen', 'train', dict(model=dict(given=value)))
    run_toy(work, [step])
    config = Config.fromfile(
        task_of('seen', [step], work).folder / 'config.py')
    got = config.to_dict()['model']['given']
    assert got == value and type(got) is type(value)


def test_a_cluster_runs_steps_too(work, monkeypatch):
    pytest.importorskip('submitit')
    monkeypatch.setenv('BREAK', 'both')
    with pytest.raises(StepsFailed, match='(?s)exit code 3.*disc is full'):
        run_toy(work, pair(meet=2), jobs=2,
                executor=make_executor('submitit-local', 2, work))
    assert set(names(read_calls()[:2])) == {'left', 'right'}
    assert names(read_calls()[2:]) == ['both']
    left = task_of('left', pair(meet=2), work)
    assert state(left).kind == 'done'


def test_a_job_that_still_works_on_a_folder_keeps_others_out(work):
    pytest.importorskip('submitit')
    task = task_of('seen', toy_steps(), work)
    begin(task)
    with locked(task.folder, 'works', 'wait'), pytest.raises(
            StepsFailed, match='another process runs the step of'):
        run_toy(work, toy_steps()[:1],
                executor=make_executor('submitit-local', 1, work))


def test_executors_say_what_is_missing(work, monkeypatch):
    with pytest.raises(ValueError, match="unknown executor 'slrum'"):
        make_executor('slrum', 1, work)
    with pytest.raises(ValueError, match='timeout_min for --executor local'):
        make_executor('local', 1, work, dict(timeout_min=3))
    monkeypatch.setitem(sys.modules, 'submitit', None)
    with pytest.raises(RuntimeError, match='pip install submitit'):
        make_executor('slurm', 1, work)


def test_an_unknown_option_of_submitit_is_refused(work):
    pytest.importorskip('submitit')
    with pytest.raises(ValueError, match='slurm_partiton|timeout_mn'):
        make_executor('submitit-local', 1, work, dict(timeout_mn=3))
