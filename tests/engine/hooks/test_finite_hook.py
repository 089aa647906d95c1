"""What ends a training, and what it leaves behind."""

import os

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from mmengine.hooks import Hook
from mmengine.optim import OptimWrapper

from mmseg_zeroshot.engine import FiniteHook
from mmseg_zeroshot.engine.hooks import finite_hook

from ...test_distributed import free_port
from .test_recursion_hook import retrained
from .tiny_run import make_runner

HOOKS = [dict(type='FiniteHook'),
         dict(type='ZeroShotResultsHook', method='SPNet')]
FIRST = 'backbone.conv1.weight'


class Spoiler(Hook):
    """Put a value into a weight, before or after an iteration."""

    priority = 'VERY_HIGH'

    def __init__(self, when, iteration, name=FIRST, value=float('nan'),
                 row=slice(None)):
        self.when, self.iteration = when, iteration
        self.name, self.value, self.row = name, value, row

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        self._spoil(runner, 'before')

    def after_train_iter(self, runner, batch_idx, data_batch=None,
                         outputs=None):
        self._spoil(runner, 'after')

    def _spoil(self, runner, when):
        if (when, runner.iter + 1) == (self.when, self.iteration):
            runner.model.state_dict()[self.name][self.row] = self.value


def spoiled(work_dir, *args, val_interval=None, **keys):
    """A run of four iterations that saves after every second one."""
    runner = make_runner(work_dir, HOOKS, max_iters=4,
                         checkpoint=dict(max_keep_ckpts=1), **keys)
    if val_interval:
        runner._train_loop['val_interval'] = val_interval
    runner.register_hook(Spoiler(*args))
    return runner


def left(work_dir):
    return sorted(path.name for path in work_dir.iterdir() if path.is_file()
                  and path.suffix != '.py')


def test_a_loss_of_nan_ends_the_training_at_once(tmp_path):
    runner = spoiled(tmp_path, 'before', 3)
    with pytest.raises(RuntimeError, match=(
            r"'decode\.loss_ce' is nan in iteration 3\..*the last checkpoint "
            rf'is {tmp_path}/iter_2\.pth\. .*learning rate.*clip_grad')):
        runner.train()
    assert left(tmp_path) == ['iter_2.pth', 'last_checkpoint']
    assert (tmp_path / 'last_checkpoint').read_text().endswith('iter_2.pth')


def test_nothing_is_saved_or_removed_after_a_weight_of_nan(tmp_path):
    runner = spoiled(tmp_path, 'after', 4, FIRST, float('inf'))
    with pytest.raises(RuntimeError, match=(
            f"weight '{FIRST}' has values that are not finite after "
            'iteration 4')):
        runner.train()
    assert left(tmp_path) == ['iter_2.pth', 'last_checkpoint']


def test_the_interval_finds_a_weight_that_spoils_no_loss(tmp_path):
    runner = spoiled(tmp_path, 'after', 2, 'decode_head.classifier.bias',
                     float('nan'), 3, model=retrained())
    runner.hooks[:] = [hook for hook in runner.hooks
                       if type(hook).__name__ != 'CheckpointHook']
    next(hook for hook in runner.hooks
         if isinstance(hook, FiniteHook)).interval = 1
    with pytest.raises(RuntimeError, match=(
            r"classifier\.bias' \(class 'car'\) has .* after iteration 2.*"
            'not there: none was saved')):
        runner.train()


def test_the_class_of_a_loss_is_named(tmp_path):
    # Of 'cat' features are generated; all seen sets stay finite.
    runner = spoiled(tmp_path, 'before', 1, 'decode_head.class_vectors',
                     3e38, 2, model=retrained())
    with pytest.raises(RuntimeError, match=(
            r"loss_classifier' is \w+ in iteration 1 \(class 'cat'\)")):
        runner.train()


def test_the_class_of_a_generator_s_loss_is_named(tmp_path):
    runner = spoiled(tmp_path, 'before', 1, 'decode_head.class_vectors',
                     float('nan'), 1, model=retrained())
    with pytest.raises(RuntimeError, match=(
            r"loss_mmd' is nan in iteration 1 \(class 'dog'\)")):
        runner.train()


def test_broken_weights_are_not_scored(tmp_path):
    runner = spoiled(tmp_path, 'after', 3, val_interval=3)
    with pytest.raises(RuntimeError, match='after iteration 3'):
        runner.train()
    assert left(tmp_path) == ['iter_2.pth', 'last_checkpoint']


def test_a_training_does_not_start_from_broken_weights(tmp_path):
    make_runner(tmp_path / 'first', []).train()
    path = tmp_path / 'first' / 'iter_2.pth'
    content = torch.load(path, weights_only=False)
    content['state_dict']['backbone.bn1.running_var'][0] = float('nan')
    torch.save(content, path)
    runner = make_runner(tmp_path / 'second', HOOKS, load_from=str(path))
    with pytest.raises(RuntimeError, match=(
            "bn1.running_var' has .*, where the training starts: load_from=")):
        runner.train()


def test_no_one_saves_broken_weights(tmp_path):
    runner = make_runner(tmp_path, HOOKS)
    runner.train()
    runner.model.state_dict()[FIRST][0] = float('nan')
    with pytest.raises(RuntimeError, match=FIRST):
        runner.save_checkpoint(str(tmp_path), 'mine.pth', by_epoch=False)
    assert not (tmp_path / 'mine.pth').exists()


def test_no_one_saves_a_broken_optimizer(tmp_path):
    """Its weights are finite, and would never move again."""
    runner = make_runner(tmp_path, HOOKS)
    runner.train()
    optimizer = runner.optim_wrapper.optimizer
    weight = optimizer.param_groups[0]['params'][0]
    optimizer.state[weight]['momentum_buffer'] = torch.full_like(
        weight, float('inf'))
    with pytest.raises(RuntimeError, match='optimizer.state.0.momentum_'):
        runner.save_checkpoint(str(tmp_path), 'mine.pth', by_epoch=False)
    assert not (tmp_path / 'mine.pth').exists()


class ScaledWrapper(OptimWrapper):
    """Mixed precision's scaled losses, as AmpOptimWrapper has on a GPU."""

    def update_params(self, loss, *args, **keys):
        if not hasattr(self, 'scaler'):
            self.scaler = torch.amp.GradScaler('cpu', init_scale=2.**127)
        self.scaler.scale(8 * loss).backward()  # it overflows
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad()


def test_a_step_that_the_scaler_skips_is_no_error(tmp_path):
    runner = make_runner(tmp_path, HOOKS)
    optimizer = torch.optim.SGD(runner.model.parameters(), lr=.01)
    runner.optim_wrapper = ScaledWrapper(optimizer)
    runner.train()
    assert runner.optim_wrapper.scaler.get_scale() < 2.**127  # it skipped
    assert (tmp_path / 'iter_2.pth').exists()


def test_weights_are_read_at_intervals_only(tmp_path, monkeypatch):
    looks = []
    real = finite_hook._fault_of_weights
    monkeypatch.setattr(
        finite_hook, '_fault_of_weights',
        lambda *args: looks.append(runner.iter) or real(*args))
    runner = make_runner(tmp_path, [dict(type='FiniteHook', interval=2)],
                         max_iters=5, checkpoint=dict(save_last=False))
    runner.register_hook(Spoiler('never', 0))
    runner.train()
    assert {1, 3} < set(looks) and not {2} & set(looks)


def test_interval_must_be_positive():
    with pytest.raises(ValueError, match='interval=0'):
        FiniteHook(interval=0)


def run_rank(rank, port, folder):
    """Train as one of two processes, of which the second gets a NaN."""
    torch.set_num_threads(1)
    os.environ.update(
        MASTER_ADDR='127.0.0.1', MASTER_PORT=str(port), RANK=str(rank),
        LOCAL_RANK=str(rank), WORLD_SIZE='2')
    dist.init_process_group('gloo', rank=rank, world_size=2)
    hook = Spoiler('before', 1, 'decode_head.classifier.bias', rank and
                   float('nan'), slice(None))
    runner = make_runner(folder, [dict(type='FiniteHook')], max_iters=4,
                         model=retrained())
    runner.register_hook(hook)
    with pytest.raises(RuntimeError) as error:
        runner.train()
    (folder / f'error{rank}.txt').write_text(str(error.value))
    # A process that was left alone would wait here.
    dist.barrier()
    dist.destroy_process_group()


@pytest.mark.slow
def test_two_processes_stop_together(tmp_path):
    mp.spawn(run_rank, (free_port(), tmp_path), 2)
    said = [(tmp_path / f'error{rank}.txt').read_text() for rank in (0, 1)]
    assert said[0] == said[1]
    assert "loss_classifier' is nan in iteration 1" in said[0]
    assert left(tmp_path) == ['error0.txt', 'error1.txt']
