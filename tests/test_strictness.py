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

CLASSES = ('sky', 'road', 'car', 'tree', 'bus')
UNSEEN = ('tree', 'bus')
SPNET = ('configs/spnet/spnet_deeplabv3plus-efficientnet-lite0_1xb8-1k_'
         'voclayout-256x256.py')


def write_folder(root: Path) -> None:
    """Eight noisy images of coloured bands, most with unseen classes."""
    rng = np.random.default_rng(0)
    for folder in ('JPEGImages', 'Masks', 'ImageSets/Segmentation'):
        (root / folder).mkdir(parents=True)
    names = [f'image_{i}' for i in range(8)]
    for i, name in enumerate(names):
        bands = rng.permutation(3 if i < 4 else 5).astype(np.uint8)[:4]
        label = np.repeat(bands, 96 // len(bands))[:, None].repeat(96, 1)
        image = 50 * label[..., None] + rng.integers(0, 30, (*label.shape, 3))
        Image.fromarray(image.astype(np.uint8)).save(
            root / 'JPEGImages' / f'{name}.jpg')
        Image.fromarray(label).save(root / 'Masks' / f'{name}.png')
    (root / 'ImageSets/Segmentation/train.txt').write_text('\n'.join(names))


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


def config(root: Path, repo_root: Path, work_dir: Path, mode: str,
           monkeypatch) -> Config:
    """The shipped CPU config on the folder, for three steps."""
    for name, value in dict(
            DATA_ROOT=str(root), MASKS='Masks', UNSEEN=','.join(UNSEEN),
            CLASSES=','.join(CLASSES),
            TRAIN_LIST='ImageSets/Segmentation/train.txt',
            VAL_LIST='ImageSets/Segmentation/train.txt').items():
        monkeypatch.setenv(f'ZS_{name}', value)
    cfg = Config.fromfile(repo_root / SPNET)
    cfg.merge_from_dict({
        'work_dir': str(work_dir),
        'model.backbone.pretrained': False,
        'train_dataloader.batch_size': 2,
        'train_dataloader.num_workers': 0,
        'train_dataloader.persistent_workers': False,
        'train_dataloader.dataset.mode': mode,
        'train_cfg.max_iters': 3,
        'train_cfg.val_interval': 100,
    })
    for step in cfg.train_dataloader.dataset.pipeline:
        if 'crop_size' in step:
            step.crop_size = (64, 64)  # and cat_max_ratio reads the labels
    cfg.model.data_preprocessor.size = (64, 64)
    return cfg


def retrained(cfg: Config, phase: str) -> Config:
    """The same run with ZS3Net's head, online."""
    head = cfg.model.decode_head
    head.update(
        type='GeneratorRetrainedHead', phase=phase, num_vectors=8,
        generator=dict(type='GMMNGenerator', hidden_dim=16))
    return cfg


def train(cfg: Config) -> dict[str, torch.Tensor]:
    """Train and return the weights."""
    runner = Runner.from_cfg(cfg)
    runner.train()
    return runner.model.state_dict()


@pytest.mark.slow
@pytest.mark.parametrize('method', ['spnet', 'zs3net'])
@pytest.mark.parametrize('mode', ['ignore', 'drop'])
def test_poisoned_unseen_labels_leave_training_bit_identical(
        mode, method, tmp_path, repo_root, monkeypatch):
    root = tmp_path / 'data'
    write_folder(root)
    weights = []
    for name in ('clean', 'poisoned'):
        cfg = config(root, repo_root, tmp_path / name, mode, monkeypatch)
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


@pytest.mark.slow
def test_seen_labels_do_matter(tmp_path, repo_root, monkeypatch):
    """The check above can fail: changed seen labels train otherwise."""
    root = tmp_path / 'data'
    write_folder(root)
    first = train(
        config(root, repo_root, tmp_path / 'a', 'ignore', monkeypatch))
    for path in (root / 'Masks').glob('*.png'):
        label = np.array(Image.open(path))
        Image.fromarray(np.where(label == 0, 1, label).astype(
            np.uint8)).save(path)
    second = train(
        config(root, repo_root, tmp_path / 'b', 'ignore', monkeypatch))
    key = 'decode_head.projection.weight'
    assert not torch.equal(first[key], second[key])


@pytest.mark.slow
def test_the_frozen_extractor_stays_bit_identical(tmp_path, repo_root,
                                                  monkeypatch):
    root = tmp_path / 'data'
    write_folder(root)
    cfg = retrained(
        config(root, repo_root, tmp_path / 'a', 'ignore', monkeypatch),
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
