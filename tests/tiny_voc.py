"""A tiny data set in VOC's layout, and configs of one's own on it."""
from pathlib import Path

import numpy as np
from mmengine.config import Config
from PIL import Image

from mmseg_zeroshot.commands import build_feature_bank
from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive

CLASSES = ('sky', 'road', 'car', 'tree', 'bus')
UNSEEN = ('tree', 'bus')
SPLIT = dict(name='unseen-tree-bus', classes=list(CLASSES),
             unseen=list(UNSEEN))
BASES = ('models/deeplabv3plus_efficientnet-lite0.py',
         'datasets/voc_layout.py', 'schedules/schedule_finetune_1k.py',
         'default_runtime.py')
RECIPE = 'configs/_base_/recipes/strict.py'


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


def spnet(root: Path, repo_root: Path, work_dir: Path, mode: str) -> Config:
    """SPNet on the folder, on small crops, for three steps."""
    bases = [str(repo_root / 'configs/_base_' / path) for path in BASES]
    base = Config.fromstring(f'_base_ = {bases}\n', '.py')
    images = dict(dataset=dict(dataset=dict(
        data_root=str(root), metainfo=dict(classes=list(CLASSES)),
        data_prefix=dict(img_path='JPEGImages', seg_map_path='Masks'),
        ann_file='ImageSets/Segmentation/train.txt')))
    loading = dict(num_workers=0, persistent_workers=False)
    pipeline = [dict(step, **(dict(crop_size=(64, 64))
                              if 'crop_size' in step else {}))
                for step in base.train_pipeline]
    base = derive(base, stages.combine(
        {f'{name}_dataloader': stages.combine(images, loading)
         for name in ('train', 'val')},
        dict(
            work_dir=str(work_dir), crop_size=(64, 64),
            model=dict(backbone=dict(pretrained=False)),
            train_dataloader=dict(batch_size=2, dataset=dict(
                mode=mode, pipeline=pipeline)),
            test_dataloader=images,
            train_cfg=dict(max_iters=3, val_interval=100))))
    return derive(base, stages.spnet(
        base, split=SPLIT, embeddings='glove-6b-50d',
        num_classes=len(CLASSES)))


def seen_only(root: Path, repo_root: Path, work_dir: Path,
              mode: str) -> Config:
    """Stage 0: the same network with its plain classifier."""
    base = spnet(root, repo_root, work_dir, mode)
    return derive(base, stages.seen_only(base))


def stage(name: str, root: Path, repo_root: Path, work: Path,
          mode: str) -> Config:
    """Step s1 or s2, or recursion, for three steps on the bank.

    Each stage has a folder of its own below ``work``.
    """
    base = seen_only(root, repo_root, work / name, mode)
    base = derive(base, Config.fromfile(repo_root / RECIPE))
    cfg = derive(base, stages.zs3net_generator(
        base, load_from=str(work / 'seen/iter_3.pth'),
        bank=str(work / 'bank'), max_vectors=128, batch_size=4,
        iterations=3))
    if name != 's1':
        cfg = derive(cfg, stages.zs3net_classifier(
            cfg, load_from=str(work / 's1/iter_3.pth'), iterations=3))
    if name == 'recursion':
        cfg = derive(cfg, stages.recursive(cfg, start=0, iterations=3))
    cfg.train_dataloader.update(num_workers=0, persistent_workers=False)
    cfg.train_cfg.update(val_begin=100, val_interval=100)
    return cfg


def build_bank(cfg: Config, checkpoint: Path) -> None:
    """Build a stage's bank with the tool."""
    path = Path(cfg.work_dir).with_suffix('.py')
    path.parent.mkdir(exist_ok=True)
    cfg.dump(str(path))
    assert build_feature_bank.main(
        [str(path), str(checkpoint), '--device', 'cpu']) == 0


def retrained(cfg: Config, stage: str) -> Config:
    """The same run with ZS3Net's head, online."""
    head = cfg.model.decode_head
    head.update(
        type='GeneratorRetrainedHead', stage=stage, num_vectors=8,
        generator=dict(type='GMMNGenerator', hidden_dim=16))
    return cfg
