"""Recursive training in whole runs: strictness, two processes, a bank."""
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.multiprocessing as mp
from mmengine.config import Config
from mmengine.runner import Runner

from mmseg_zeroshot.commands import build_feature_bank

from .test_distributed import free_port, run_rank
from .test_strictness import poison
from .tiny_voc import UNSEEN, config, retrained, write_folder


def recursive(root, repo_root, work_dir, monkeypatch) -> Config:
    """The tiny run with recursion that selects something."""
    cfg = retrained(
        config(root, repo_root, work_dir, 'ignore', monkeypatch), 'joint')
    cfg.model.decode_head.recursion = dict(
        type='ZSMMDLoss', tau=.01, gamma=5.)
    cfg.custom_hooks = [dict(type='RecursionHook', interval=1)]
    cfg.train_cfg.val_begin = 100
    cfg.randomness.seed = 1  # some of each class are selected
    return cfg


def load(repo_root: Path, name: str, work_dir: Path) -> Config:
    """A shipped config for small crops of the tiny data, three steps."""
    path = next((repo_root / 'configs').glob(f'{name}*voclayout*.py'))
    cfg = Config.fromfile(path)
    cfg.work_dir = str(work_dir)
    cfg.train_cfg.update(max_iters=3, val_interval=100, val_begin=100)
    cfg.model.data_preprocessor.size = (64, 64)
    cfg.model.backbone.pretrained = False
    images = cfg.get('feature_bank', cfg.train_dataloader).dataset
    for step in images.pipeline:
        if 'crop_size' in step or step.type == 'Pad':
            step['crop_size' if 'crop_size' in step else 'size'] = (64, 64)
    for loader in (cfg.train_dataloader, cfg.val_dataloader):
        loader.update(num_workers=0, persistent_workers=False)
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
        tmp_path, repo_root, monkeypatch):
    root = tmp_path / 'data'
    write_folder(root)
    runs = []
    for name in ('clean', 'poisoned'):
        runs.append(train(recursive(root, repo_root, tmp_path / name,
                                    monkeypatch)))
        if name == 'clean':
            assert poison(root) > 100
    assert selected(runs[0]) == selected(runs[1])
    assert min(selected(runs[0])) >= 2  # recursion took place
    clean, poisoned = (run.model.state_dict() for run in runs)
    assert [key for key in clean
            if not torch.equal(clean[key], poisoned[key])] == []


@pytest.mark.slow
def test_two_processes_agree(tmp_path, repo_root, monkeypatch):
    write_folder(tmp_path / 'data')
    cfg = recursive(tmp_path / 'data', repo_root, tmp_path / 'work',
                    monkeypatch)
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
def test_the_stage_on_a_bank(tmp_path, repo_root, monkeypatch):
    """Shipped configs; a bank of poisoned data is the same bank."""
    root = tmp_path / 'data'
    write_folder(root)
    config(root, repo_root, tmp_path, 'ignore', monkeypatch)  # environment
    seen = load(repo_root, 'spnet/seenonly', tmp_path / 'seen')
    seen.train_cfg.max_iters = 1
    Runner.from_cfg(seen).train()
    checkpoint = tmp_path / 'seen/iter_1.pth'
    monkeypatch.setenv('ZS_SEEN', str(checkpoint))
    monkeypatch.setenv('ZS_GENERATOR', str(checkpoint))
    for name in ('clean', 'poisoned'):
        monkeypatch.setenv('ZS_BANK', str(tmp_path / name))
        stage = load(repo_root, 'zs_mmd/zs-mmd-s2', tmp_path / 'stage')
        stage.dump(str(tmp_path / 'stage.py'))
        build_feature_bank.main([str(tmp_path / 'stage.py'), str(checkpoint),
                                 '--device', 'cpu'])
        if name == 'clean':
            assert poison(root) > 100
    clean, other = (np.load(tmp_path / name / 'features.npy')
                    for name in ('clean', 'poisoned'))
    assert len(clean) > 50 and np.array_equal(clean, other)
    stage.model.decode_head.recursion.update(tau=.01, start=0)
    stage.custom_hooks[-1].interval = 1
    stage.custom_hooks[0].pop('restart')  # step 0 has no such classifier
    runner = train(stage)
    assert min(selected(runner)) >= 2
    assert runner.message_hub.get_scalar(
        'train/decode.loss_zs_mmd').current() > 0
    # Two processes: each rank asserts that all have the same weights.
    stage.work_dir = str(tmp_path / 'two')
    stage.dump(str(tmp_path / 'stage.py'))
    mp.spawn(run_rank, (2, free_port(), str(tmp_path / 'stage.py')), 2)
    assert (tmp_path / 'two/iter_3.pth').exists()
