"""One training in a work dir, whatever ends it."""

import signal
import socket
import subprocess
import sys

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from mmseg_zeroshot.engine.hooks.one_run_hook import TRAINING_LOCK
from mmseg_zeroshot.utils.locks import Locked, is_locked

from ...test_distributed import free_port
from .tiny_run import TinyData, make_runner

HOOKS = [dict(type='OneRunHook')]

# A training that goes on until it is ended. Its workers have been started.
ENDLESS = """
import sys
from mmengine.hooks import Hook
from tests.engine.hooks.test_one_run_hook import with_worker
class Wait(Hook):
    def after_train_iter(self, runner, *args, **keys):
        print('trains', flush=True)
        sys.stdin.read()
runner = with_worker(sys.argv[1])
runner.register_hook(Wait())
runner.train()
"""


def with_worker(work_dir):
    """A run whose images are loaded by another process."""
    runner = make_runner(work_dir, HOOKS)
    runner._train_dataloader = dict(runner._train_dataloader, num_workers=1)
    return runner


@pytest.fixture
def training(tmp_path, repo_root):
    """Another process that trains in a work dir."""
    process = subprocess.Popen(
        [sys.executable, '-c', ENDLESS, str(tmp_path / 'work')],
        cwd=repo_root, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True)
    assert any(line == 'trains\n' for line in process.stdout)
    yield process
    process.kill()
    process.communicate()


def test_a_second_training_is_refused(tmp_path, training):
    work = tmp_path / 'work'
    before = {path: path.stat().st_mtime_ns for path in work.glob('*.pth')}
    with pytest.raises(Locked, match=(
            rf'another process trains in {work} \(process {training.pid} on '
            rf'{socket.gethostname()}, since 20.*another --work-dir')):
        make_runner(work, HOOKS).train()
    assert before == {
        path: path.stat().st_mtime_ns for path in work.glob('*.pth')}


def test_a_test_is_not(tmp_path, training):
    make_runner(tmp_path / 'first', []).train()
    make_runner(tmp_path / 'work', HOOKS,
                load_from=str(tmp_path / 'first/iter_2.pth')).test()


@pytest.mark.skipif(sys.platform == 'win32', reason='needs signals')
@pytest.mark.parametrize('number', [signal.SIGKILL, signal.SIGINT])
def test_a_killed_training_leaves_the_folder_free(tmp_path, training, number,
                                                  caplog):
    training.send_signal(number)
    training.wait()
    runner = make_runner(tmp_path / 'work', HOOKS)
    runner.logger.addHandler(caplog.handler)
    runner.train()
    said = f'taken over from process {training.pid} on' in caplog.text
    assert said is (number == signal.SIGKILL)
    assert not is_locked(tmp_path / 'work' / TRAINING_LOCK)


def test_a_process_may_try_again_where_it_failed(tmp_path):
    broken = make_runner(tmp_path, HOOKS, train=TinyData(split=None))
    broken.register_hook(dict(type='LabelLeakHook'))
    broken.model.decode_head.split = None
    with pytest.raises(ValueError, match='has a split') as kept:
        broken.train()
    make_runner(tmp_path, HOOKS).train()
    assert kept.traceback  # The first run is still in memory.
    assert not is_locked(tmp_path / TRAINING_LOCK)


def run_rank(rank, port, folder):
    """Train as one of two processes where another training runs."""
    torch.set_num_threads(1)
    dist.init_process_group('gloo', init_method=f'tcp://127.0.0.1:{port}',
                            rank=rank, world_size=2)
    with pytest.raises(Locked, match='another process trains'):
        make_runner(folder, HOOKS).train()
    dist.barrier()
    dist.destroy_process_group()


@pytest.mark.slow
def test_all_processes_of_a_training_are_refused(tmp_path, training):
    mp.spawn(run_rank, (free_port(), tmp_path / 'work'), 2)
