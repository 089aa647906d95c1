"""A tiny data set in VOC's layout and the shipped CPU config on it."""
import os
from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config
from PIL import Image

from mmseg_zeroshot.commands import build_feature_bank

CLASSES = ('sky', 'road', 'car', 'tree', 'bus')
UNSEEN = ('tree', 'bus')
SPNET = ('configs/spnet/spnet_deeplabv3plus-efficientnet-lite0_1xb8-1k_'
         'voclayout-256x256.py')
SEEN_ONLY = SPNET.replace('/spnet_', '/seenonly_')
STAGE = ('configs/zs3net/zs3net-{}_deeplabv3plus-efficientnet-lite0_1xb1-1k_'
         'voclayout.py')


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


def config(root: Path, repo_root: Path, work_dir: Path, mode: str,
           monkeypatch: pytest.MonkeyPatch, leaf: str = SPNET) -> Config:
    """The shipped CPU config on the folder, for three steps."""
    set_environment(root, monkeypatch)
    cfg = Config.fromfile(repo_root / leaf)
    cfg.merge_from_dict({
        'work_dir': str(work_dir),
        'model.backbone.pretrained': False,
        'train_dataloader.batch_size': 2,
        'train_dataloader.num_workers': 0,
        'train_dataloader.persistent_workers': False,
        'train_dataloader.dataset.mode': mode,
        'val_dataloader.num_workers': 0,
        'val_dataloader.persistent_workers': False,
        'train_cfg.max_iters': 3,
        'train_cfg.val_interval': 100,
    })
    for step in cfg.train_dataloader.dataset.pipeline:
        if 'crop_size' in step:
            step.crop_size = (64, 64)  # and cat_max_ratio reads the labels
    cfg.model.data_preprocessor.size = (64, 64)
    return cfg


def set_environment(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the configs for a folder in VOC's layout at this one."""
    for name, value in dict(
            DATA_ROOT=str(root), MASKS='Masks', UNSEEN=','.join(UNSEEN),
            CLASSES=','.join(CLASSES),
            TRAIN_LIST='ImageSets/Segmentation/train.txt',
            VAL_LIST='ImageSets/Segmentation/train.txt').items():
        monkeypatch.setenv(f'ZS_{name}', value)


def bank_options(mode: str) -> dict:
    """What to change in a stage's config: tiny crops for the bank."""
    return {
        'feature_bank.dataset.mode': mode,
        'feature_bank.dataset.pipeline.3.crop_size': (64, 64),
        'feature_bank.dataset.pipeline.5.size': (64, 64),
    }


def build_bank(repo_root: Path, mode: str) -> None:
    """Build ZS_BANK from ZS_SEEN with the tool."""
    options = [f'{key}={value}'.replace(' ', '')
               for key, value in bank_options(mode).items()]
    assert build_feature_bank.main([
        str(repo_root / STAGE.format('s1')), os.environ['ZS_SEEN'],
        '--cfg-options', *options]) == 0


def set_stages(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the files that the stages in a folder hand on."""
    for name, path in dict(SEEN='seen/iter_3.pth', BANK='bank',
                           GENERATOR='s1/iter_3.pth').items():
        monkeypatch.setenv(f'ZS_{name}', str(work / path))


def stage_config(stage: str, repo_root: Path, work_dir: Path,
                 mode: str) -> Config:
    """The shipped config of step s1 or s2, for three steps on the bank."""
    cfg = Config.fromfile(repo_root / STAGE.format(stage))
    cfg.merge_from_dict({
        'work_dir': str(work_dir),
        'train_dataloader.num_workers': 0,
        'train_dataloader.persistent_workers': False,
        'val_dataloader.num_workers': 0,
        'val_dataloader.persistent_workers': False,
        'train_cfg.max_iters': 3,
        'train_cfg.val_interval': 100,
        **bank_options(mode),
    })
    return cfg


def retrained(cfg: Config, phase: str) -> Config:
    """The same run with ZS3Net's head, online."""
    head = cfg.model.decode_head
    head.update(
        type='GeneratorRetrainedHead', phase=phase, num_vectors=8,
        generator=dict(type='GMMNGenerator', hidden_dim=16))
    return cfg
