"""What a training remembers goes on with it, and what does not is said."""
import logging

import pytest
import torch
from mmengine.dataset import InfiniteSampler
from mmengine.hooks import Hook

from mmseg_zeroshot.datasets import KeyedInfiniteSampler
from mmseg_zeroshot.engine import RunStateHook

from .tiny_run import TinyData, make_runner


class CountingHook(Hook):
    """Remembers the steps that it has seen."""

    def __init__(self, steps=0):
        self.steps = steps

    def after_train_iter(self, runner, batch_idx, data_batch=None,
                         outputs=None):
        self.steps += 1

    def run_state(self):
        return dict(steps=torch.tensor(self.steps))

    def load_run_state(self, state):
        self.steps = int(state['steps'])


def train(work_dir, *hooks, max_iters=2, load_from=None, resume=False,
          caplog=None, seed=3, **loader):
    runner = make_runner(
        work_dir, list(hooks), max_iters=max_iters, load_from=load_from,
        seed=seed)
    runner._resume = resume
    runner._train_dataloader.update(
        sampler=dict(type='KeyedInfiniteSampler'), **loader)
    if caplog:
        runner.logger.addHandler(caplog.handler)
        runner.logger.setLevel(logging.WARNING)
    runner.train()
    return runner


def said(caplog):
    return [record.getMessage() for record in caplog.records
            if 'RunStateHook' in record.getMessage()]


def test_a_hook_s_state_goes_on_without_a_word(tmp_path, caplog):
    train(tmp_path, RunStateHook(), CountingHook())
    counting = CountingHook()
    train(tmp_path, RunStateHook(), counting, max_iters=4, resume=True,
          caplog=caplog)
    assert counting.steps == 4
    assert said(caplog) == []


def test_checkpoints_stay_plain_values(tmp_path):
    train(tmp_path, RunStateHook(), CountingHook())
    checkpoint = torch.load(tmp_path / 'iter_2.pth', weights_only=False)
    torch.save(checkpoint['run_state'], tmp_path / 'state.pth')
    state = torch.load(tmp_path / 'state.pth', weights_only=True)
    assert state == dict(
        loading=dict(processes=1, batch_size=2,
                     sampler='KeyedInfiniteSampler', seed=3),
        ranks=[dict(CountingHook=dict(steps=torch.tensor(2)))])


def test_a_training_that_only_starts_from_weights_remembers_nothing(
        tmp_path, caplog):
    train(tmp_path / 'one', RunStateHook(), CountingHook())
    counting = CountingHook()
    train(tmp_path / 'two', RunStateHook(), counting, caplog=caplog,
          load_from=str(tmp_path / 'one/iter_2.pth'))
    assert counting.steps == 2
    assert said(caplog) == []


@pytest.mark.parametrize('before, after, message', [
    ([], [RunStateHook], 'checkpoint was written without this hook'),
    ([RunStateHook], [RunStateHook, CountingHook],
     'CountingHook starts anew: the checkpoint has no state of it'),
    ([RunStateHook, CountingHook], [RunStateHook],
     'CountingHook has a state in the checkpoint, and this run has no such'),
])
def test_missing_states_are_said(before, after, message, tmp_path, caplog):
    train(tmp_path, *(kind() for kind in before))
    train(tmp_path, *(kind(1) if kind is CountingHook else kind()
                      for kind in after),
          max_iters=4, resume=True, caplog=caplog)
    assert len(said(caplog)) == 1
    assert message in said(caplog)[0]
    assert 'not bit for bit' in said(caplog)[0]


def test_other_batches_and_processes_are_said(tmp_path, caplog, monkeypatch):
    train(tmp_path, RunStateHook())
    monkeypatch.setattr(
        'mmseg_zeroshot.engine.hooks.run_state_hook.get_world_size',
        lambda: 2)
    monkeypatch.setattr(
        'mmseg_zeroshot.engine.hooks.run_state_hook.all_gather_object',
        lambda state: [state, state])
    train(tmp_path, RunStateHook(), max_iters=4, resume=True, caplog=caplog,
          batch_size=4)
    assert len(said(caplog)) == 1
    assert ('processes was 1 and is 2, batch_size was 2 and is 4. From here '
            'on the run draws other images') in said(caplog)[0]


def test_the_number_of_workers_does_not_count(tmp_path, caplog):
    train(tmp_path, RunStateHook())
    train(tmp_path, RunStateHook(), max_iters=4, resume=True, caplog=caplog,
          num_workers=1)
    assert said(caplog) == []


@pytest.mark.skipif(not hasattr(InfiniteSampler, 'skip'),
                    reason='this MMEngine draws before it resumes')
def test_a_run_without_a_seed_goes_on_with_the_one_it_drew(tmp_path):
    """MMEngine draws one, and finds the checkpoint's too late."""
    drawn = []

    class Noted(TinyData):

        def __getitem__(self, index):
            drawn.append(int(index))
            return super().__getitem__(index)

    def run(name, max_iters, resume=False):
        drawn.clear()
        runner = train(tmp_path / name, RunStateHook(), max_iters=max_iters,
                       resume=resume, seed=None, dataset=Noted(length=50))
        return runner, list(drawn)

    run('one', 2)
    runner, rest = run('one', 4, resume=True)
    sampler = KeyedInfiniteSampler(Noted(length=50), seed=runner.seed)
    sampler.skip(4)
    wanted = iter(sampler)
    assert rest == [next(wanted) for _ in range(4)]
