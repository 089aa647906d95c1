"""Two processes by one command, on a machine without a GPU."""
import json
import os
import subprocess
import sys

import pytest
import torch

from mmseg_zeroshot.commands import _processes

from .tiny_voc import spnet, write_folder

pytestmark = pytest.mark.skipif(
    torch.cuda.is_available(), reason='MMEngine starts the processes itself')


def torchrun(repo_root, *arguments: str) -> str:
    """Run one of our commands in two processes, as a user does."""
    env = dict(os.environ, PYTHONPATH=str(repo_root), OMP_NUM_THREADS='1')
    done = subprocess.run(
        [sys.executable, '-m', 'torch.distributed.run', '--standalone',
         '--nproc-per-node', '2', '-m', 'mmseg_zeroshot', *arguments,
         '--launcher', 'pytorch'],
        cwd=repo_root, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout + done.stderr


@pytest.mark.slow
def test_train_then_test(tmp_path, repo_root):
    write_folder(tmp_path / 'data')
    cfg = spnet(tmp_path / 'data', repo_root, tmp_path / 'work', 'ignore')
    cfg.train_cfg.max_iters = cfg.train_cfg.val_interval = 2
    cfg.dump(str(tmp_path / 'config.py'))
    log = torchrun(repo_root, 'train', str(tmp_path / 'config.py'))
    assert 'Distributed training: True' in log and 'GPU number: 2' in log
    results = tmp_path / 'work/zero_shot_results.json'
    trained = json.loads(results.read_text())
    assert sum(row['pixels'] for row in trained['per_class']) == 8 * 96 * 96
    results.unlink()
    torchrun(repo_root, 'test', str(tmp_path / 'config.py'),
             str(tmp_path / 'work/iter_2.pth'))
    tested = json.loads(results.read_text())
    assert tested['generalised'] == trained['generalised']


@pytest.fixture
def groups(monkeypatch):
    """Every group of processes that is joined."""
    made = []
    monkeypatch.setattr(
        torch.distributed, 'init_process_group', made.append)
    return made


@pytest.mark.parametrize('how', [['--launcher', 'pytorch'],
                                 ['--launcher=pytorch']])
def test_the_group_is_gloos_and_the_cpu_has_no_number(
        how, groups, monkeypatch):
    monkeypatch.setenv('RANK', '0')
    argv = ['config.py', *how, '--amp']
    given = _processes.joined(argv)
    assert groups == ['gloo']
    assert given[:len(argv)] == argv
    assert 'model_wrapper_cfg.device_ids=None' in given


@pytest.mark.parametrize('argv, device', [
    (['config.py'], 'cpu'),
    (['config.py', '--launcher', 'none'], 'cpu'),
    (['config.py', '--launcher', 'slurm'], 'cpu'),
    (['config.py', '--launcher', 'pytorch'], 'cuda'),
])
def test_everything_else_is_mmengines(argv, device, groups, monkeypatch):
    monkeypatch.setenv('RANK', '0')
    monkeypatch.setattr('mmengine.device.get_device', lambda: device)
    assert _processes.joined(argv) == argv
    assert groups == []


def test_without_torchrun_the_error_names_it(groups, monkeypatch):
    monkeypatch.delenv('RANK', raising=False)
    with pytest.raises(SystemExit, match='torchrun --nproc-per-node'):
        _processes.joined(['config.py', '--launcher', 'pytorch'])
    assert groups == []
