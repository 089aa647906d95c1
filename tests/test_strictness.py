"""Zero-shot means zero: poisoned unseen labels train the same network.

The masks on disk are changed such that every pixel of an unseen class shows
another unseen class, at random. Training must be bit-identical.
"""
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from PIL import Image

from .tiny_voc import (
    build_bank,
    retrained,
    seen_only,
    spnet,
    stage,
    write_folder,
)


def poison(root: Path) -> int:
    """Give every unseen pixel a random unseen label; count the changes."""
    rng = np.random.default_rng(1)
    changed = 0
    for path in sorted((root / 'Masks').glob('*.png')):
        label = np.array(Image.open(path))
        unseen = label >= 3
        before = label.copy()
        label[unseen] = rng.integers(3, 5, int(unseen.sum()))
        changed += int((label != before).sum())
        Image.fromarray(label).save(path)
    return changed


def train(cfg: Config) -> dict[str, torch.Tensor]:
    """Train and return the weights."""
    runner = Runner.from_cfg(cfg)
    runner.train()
    return runner.model.state_dict()


@pytest.mark.slow
@pytest.mark.parametrize('method', ['spnet', 'zs3net'])
@pytest.mark.parametrize('mode', ['ignore', 'drop'])
def test_poisoned_unseen_labels_leave_training_bit_identical(
        mode, method, tmp_path, repo_root):
    root = tmp_path / 'data'
    write_folder(root)
    weights = []
    for name in ('clean', 'poisoned'):
        cfg = spnet(root, repo_root, tmp_path / name, mode)
        if method == 'zs3net':
            cfg = retrained(cfg, 'joint')
        weights.append(train(cfg))
        if name == 'clean':
            assert poison(root) > 100
    clean, poisoned = weights
    assert clean.keys() == poisoned.keys()
    differing = [key for key in clean
                 if not torch.equal(clean[key], poisoned[key])]
    assert differing == []


def train_stages(root: Path, repo_root: Path, work: Path, mode: str
                 ) -> dict[str, torch.Tensor]:
    """Stage 0, the bank, stages 1 and 2 as shipped: weights and features."""
    found = train(seen_only(root, repo_root, work / 'seen', mode))
    for name in ('s1', 's2'):
        cfg = stage(name, root, repo_root, work, mode)
        if name == 's1':
            build_bank(cfg, work / 'seen/iter_3.pth')
        found.update({f'{name}.{key}': value
                      for key, value in train(cfg).items()})
    found['bank'] = torch.from_numpy(
        np.load(work / 'bank/features.npy').view(np.int16))
    return found


@pytest.mark.slow
@pytest.mark.parametrize('mode', ['ignore', 'drop'])
def test_poisoned_unseen_labels_leave_bank_and_stages_bit_identical(
        mode, tmp_path, repo_root):
    root = tmp_path / 'data'
    write_folder(root)
    clean = train_stages(root, repo_root, tmp_path / 'clean', mode)
    assert poison(root) > 100
    poisoned = train_stages(root, repo_root, tmp_path / 'poisoned', mode)
    assert len(clean['bank']) > 100
    assert clean.keys() == poisoned.keys()
    assert [key for key in clean
            if not torch.equal(clean[key], poisoned[key])] == []


@pytest.mark.slow
def test_the_released_recipe_leaks_and_changes_its_extractor(
        tmp_path, repo_root):
    """What the same poison does to training as the authors' code does it."""
    root = tmp_path / 'data'
    write_folder(root)
    weights = []
    for name in ('clean', 'poisoned'):
        cfg = retrained(
            spnet(root, repo_root, tmp_path / name, 'keep'),
            'joint')
        cfg.model.decode_head.update(
            type='ReleasedRetrainedHead',
            generator=dict(loss=dict(type='MMDLoss', reading='released')))
        del cfg.default_hooks['label_leak']
        cfg.default_hooks.results.supervision = 'released'
        runner = Runner.from_cfg(cfg)
        runner.model.init_weights()
        runner.model._is_init = True
        before = {k: v.clone() for k, v in runner.model.state_dict().items()}
        runner.train()
        weights.append(runner.model.state_dict())
        if name == 'clean':
            assert poison(root) > 100
    clean, poisoned = weights
    key = 'decode_head.classifier.weight'
    assert not torch.equal(clean[key], poisoned[key])
    changed = {k for k in clean if not torch.equal(before[k], clean[k])}
    drifting = {k for k in changed if k.startswith('backbone.')}
    assert drifting == {k for k in clean if k.startswith('backbone.')
                        and k.endswith(('running_mean', 'running_var',
                                        'num_batches_tracked'))}


@pytest.mark.slow
def test_seen_labels_do_matter(tmp_path, repo_root):
    """The check above can fail: changed seen labels train otherwise."""
    root = tmp_path / 'data'
    write_folder(root)
    first = train(
        spnet(root, repo_root, tmp_path / 'a', 'ignore'))
    for path in (root / 'Masks').glob('*.png'):
        label = np.array(Image.open(path))
        Image.fromarray(np.where(label == 0, 1, label).astype(
            np.uint8)).save(path)
    second = train(
        spnet(root, repo_root, tmp_path / 'b', 'ignore'))
    key = 'decode_head.projection.weight'
    assert not torch.equal(first[key], second[key])


@pytest.mark.slow
def test_the_frozen_extractor_stays_bit_identical(tmp_path, repo_root):
    root = tmp_path / 'data'
    write_folder(root)
    cfg = retrained(
        spnet(root, repo_root, tmp_path / 'a', 'ignore'),
        'joint')
    runner = Runner.from_cfg(cfg)
    runner.model.init_weights()
    runner.model._is_init = True
    before = {k: v.clone() for k, v in runner.model.state_dict().items()}
    runner.train()
    after = runner.model.state_dict()
    changed = {k.split('.')[1] if k.startswith('decode_head') else k
               for k in after if not torch.equal(before[k], after[k])}
    assert changed == {'generator', 'classifier'}
