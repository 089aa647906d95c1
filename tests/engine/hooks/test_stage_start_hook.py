"""Which checkpoint a training starts from or goes on from."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from mmengine.hooks import CheckpointHook

from mmseg_zeroshot.engine import StageStartHook
from mmseg_zeroshot.engine.hooks import stage_start_hook

from .tiny_run import make_runner, plain_model_config

HOOKS = [dict(type='StageStartHook')]


def train(work_dir, max_iters, caplog=None, resume=True, **keys):
    """Train the plain network, which saves every second iteration."""
    runner = make_runner(work_dir, HOOKS, model=plain_model_config(),
                         max_iters=max_iters, **keys)
    runner._resume = resume
    if caplog is not None:
        runner.logger.addHandler(caplog.handler)
    runner.train()
    return runner


def tear(path: Path) -> None:
    """Leave what a process leaves that is killed while it writes."""
    path.write_bytes(path.read_bytes()[:1000])


def test_a_run_resumes_its_own_checkpoint_not_the_one_it_began_with(
        tmp_path, caplog):
    first = tmp_path / 'first'
    train(first, 4)
    start = str(first / 'iter_4.pth')
    begun = train(tmp_path / 'run', 2, caplog, load_from=start)
    assert begun._load_from == start
    assert f'starts from {start}' in caplog.text
    runner = train(tmp_path / 'run', 4, load_from=start)
    assert runner._load_from == str(tmp_path / 'run' / 'iter_2.pth')
    # Only the own checkpoint has seen less than all iterations.
    assert (tmp_path / 'run' / 'iter_4.pth').exists()


def test_without_resume_a_run_starts_from_load_from(tmp_path):
    start = str(tmp_path / 'first' / 'iter_2.pth')
    train(tmp_path / 'first', 2)
    for _ in range(2):
        runner = train(tmp_path / 'run', 2, resume=False, load_from=start)
        assert runner._load_from == start


@pytest.mark.parametrize('damage, said, start', [
    ('empty note', 'last_checkpoint is empty', 'iter_4.pth'),
    ('no note', 'last_checkpoint is missing', 'iter_4.pth'),
    ('gone', 'names iter_4.pth, which is not there', 'iter_2.pth'),
    ('torn', 'names iter_4.pth, which is not written to its end',
     'iter_2.pth'),
])
def test_a_kill_while_saving_costs_one_checkpoint(damage, said, start,
                                                  tmp_path, caplog):
    train(tmp_path, 4)
    note, last = tmp_path / 'last_checkpoint', tmp_path / 'iter_4.pth'
    if damage == 'empty note':
        note.write_text('')
    elif damage == 'no note':
        note.unlink()
    elif damage == 'gone':
        last.unlink()
    else:
        tear(last)
    there = sorted(path.name for path in tmp_path.glob('*.pth'))
    runner = train(tmp_path, 6, caplog)
    assert runner._load_from == str(tmp_path / start)
    assert said in caplog.text
    assert f'the newest whole checkpoint is {start}' in caplog.text
    assert {path.name for path in tmp_path.glob('*.pth')} >= {
        *there, 'iter_6.pth'}


def test_a_run_without_a_whole_checkpoint_starts_anew(tmp_path, caplog):
    train(tmp_path, 2)
    tear(tmp_path / 'iter_2.pth')
    runner = train(tmp_path, 2, caplog)
    assert runner._load_from is None and runner.iter == 2
    assert 'no checkpoint of this folder is whole' in caplog.text
    assert 'the training starts anew' in caplog.text


def test_a_moved_run_goes_on(tmp_path, caplog):
    train(tmp_path / 'here', 2)
    (tmp_path / 'here').rename(tmp_path / 'there')
    runner = train(tmp_path / 'there', 4, caplog)
    assert runner._load_from == str(tmp_path / 'there' / 'iter_2.pth')
    assert 'last_checkpoint' not in caplog.text


def test_a_test_run_is_left_alone():
    runner = SimpleNamespace(_resume=True, _load_from='a.pth')
    StageStartHook().before_run(runner)
    assert (runner._resume, runner._load_from) == (True, 'a.pth')


@pytest.mark.parametrize('resume, training, restarts', [
    (False, True, True), (True, True, False), (False, False, False)])
def test_a_part_starts_anew_only_where_the_stage_starts(
        resume, training, restarts, monkeypatch):
    monkeypatch.setattr(stage_start_hook, 'is_training',
                        lambda runner: training)
    hook = StageStartHook(restart=['decode_head.classifier'])
    state = {'decode_head.classifier.weight': 1, 'decode_head.generator.w': 2}
    hook.after_load_checkpoint(
        SimpleNamespace(_resume=resume), dict(state_dict=state))
    assert ('decode_head.classifier.weight' not in state) is restarts
    assert 'decode_head.generator.w' in state


def test_an_unknown_part_is_named(monkeypatch):
    monkeypatch.setattr(stage_start_hook, 'is_training', lambda runner: True)
    with pytest.raises(ValueError, match="restart='decode_head.conv'"):
        StageStartHook(restart=['decode_head.conv']).after_load_checkpoint(
            SimpleNamespace(_resume=False), dict(state_dict={'a.b': 1}))


def test_one_kept_checkpoint_are_two(tmp_path, caplog):
    """The first is still there while the second is written."""
    runner = make_runner(tmp_path, HOOKS, model=plain_model_config(),
                         max_iters=6)
    saving = next(hook for hook in runner.hooks
                  if isinstance(hook, CheckpointHook))
    saving.max_keep_ckpts = 1
    runner.logger.addHandler(caplog.handler)
    runner.train()
    assert 'max_keep_ckpts is 2 instead of 1' in caplog.text
    assert sorted(path.name for path in tmp_path.glob('*.pth')) == [
        'iter_4.pth', 'iter_6.pth']
