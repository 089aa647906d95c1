"""Recursive training in whole runs: strictness, two processes, a bank."""
import numpy as np
import pytest
import torch
import torch.multiprocessing as mp
from mmengine.config import Config
from mmengine.runner import Runner

from .test_distributed import free_port, run_rank
from .test_strictness import poison
from .tiny_voc import (
    UNSEEN,
    build_bank,
    retrained,
    seen_only,
    spnet,
    stage,
    write_folder,
)


def recursive(root, repo_root, work_dir) -> Config:
    """The tiny run with recursion that selects something."""
    cfg = retrained(spnet(root, repo_root, work_dir, 'ignore'), 'joint')
    cfg.model.decode_head.recursion = dict(
        type='ZSMMDLoss', tau=.01, gamma=5.)
    cfg.custom_hooks = [dict(type='RecursionHook', interval=1)]
    cfg.train_cfg.val_begin = 100
    cfg.randomness.seed = 1  # some of each class are selected
    return cfg


def train(cfg: Config) -> Runner:
    """Train with a classifier that takes some vectors for each class."""
    runner = Runner.from_cfg(cfg)
    runner.model.init_weights()
    runner.model._is_init = True
    head = runner.model.decode_head
    with torch.no_grad():
        head.classifier.weight[-2:].mul_(100)
        head.classifier.bias[-2:] = 1
    runner.train()
    return runner


def selected(runner: Runner) -> list[float]:
    return [runner.message_hub.get_scalar(f'train/selected/{name}').current()
            for name in UNSEEN]


@pytest.mark.slow
def test_poisoned_unseen_labels_leave_recursion_bit_identical(
        tmp_path, repo_root):
    root = tmp_path / 'data'
    write_folder(root)
    runs = []
    for name in ('clean', 'poisoned'):
        runs.append(train(recursive(root, repo_root, tmp_path / name)))
        if name == 'clean':
            assert poison(root) > 100
    assert selected(runs[0]) == selected(runs[1])
    assert min(selected(runs[0])) >= 2  # recursion took place
    clean, poisoned = (run.model.state_dict() for run in runs)
    assert [key for key in clean
            if not torch.equal(clean[key], poisoned[key])] == []


@pytest.mark.slow
def test_two_processes_agree(tmp_path, repo_root):
    write_folder(tmp_path / 'data')
    cfg = recursive(tmp_path / 'data', repo_root, tmp_path / 'work')
    cfg.model.decode_head.recursion.weighting = 'equal'
    cfg.dump(str(tmp_path / 'config.py'))
    # Each rank asserts that all have the same weights.
    mp.spawn(run_rank, (2, free_port(), str(tmp_path / 'config.py')), 2)
    # Our own file: the log's history in it is not only weights.
    hub = torch.load(tmp_path / 'work/iter_3.pth',
                     weights_only=False)['message_hub']
    assert all(hub['log_scalars'][f'train/selected/{name}'].current() == 8
               for name in UNSEEN)


@pytest.mark.slow
def test_the_stage_on_a_bank(tmp_path, repo_root):
    """A bank of poisoned data is the same bank."""
    root = tmp_path / 'data'
    write_folder(root)
    seen = seen_only(root, repo_root, tmp_path / 'clean/seen', 'ignore')
    Runner.from_cfg(seen).train()
    checkpoint = tmp_path / 'clean/seen/iter_3.pth'
    for name in ('clean', 'poisoned'):
        cfg = stage('recursion', root, repo_root, tmp_path / name, 'ignore')
        cfg.load_from = str(checkpoint)
        build_bank(cfg, checkpoint)
        if name == 'clean':
            assert poison(root) > 100
    clean, other = (np.load(tmp_path / name / 'bank/features.npy')
                    for name in ('clean', 'poisoned'))
    assert len(clean) > 50 and np.array_equal(clean, other)
    cfg.model.decode_head.recursion.tau = .01
    cfg.custom_hooks[-1].interval = 1
    # Stage 0 has no such classifier.
    cfg.default_hooks.stage_start.restart = []
    runner = train(cfg)
    assert min(selected(runner)) >= 2
    assert runner.message_hub.get_scalar(
        'train/decode.loss_zs_mmd').current() > 0
    # Two processes: each rank asserts that all have the same weights.
    cfg.work_dir = str(tmp_path / 'two')
    cfg.dump(str(tmp_path / 'stage.py'))
    mp.spawn(run_rank, (2, free_port(), str(tmp_path / 'stage.py')), 2)
    assert (tmp_path / 'two/iter_3.pth').exists()
