"""The two tools on a folder in VOC's layout, from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

CLASSES = ['sky', 'road', 'car', 'tree']
CONFIG = """
_base_ = [
    '{bases}/models/deeplabv3plus_efficientnet-lite0.py',
    '{bases}/datasets/voc_layout.py',
    '{bases}/schedules/schedule_finetune_1k.py',
    '{bases}/default_runtime.py'
]
from mmseg_zeroshot.experiments import stages

inner = dict(
    data_root='{root}',
    metainfo=dict(classes={classes}),
    data_prefix=dict(img_path='JPEGImages', seg_map_path='Masks'))
lists = 'ImageSets/Segmentation'
train = dict(inner, ann_file=lists + '/train.txt')
val = dict(inner, ann_file=lists + '/val.txt')
globals().update(stages.combine(
    stages.spnet(
        _base_,
        split=dict(name='unseen-tree', classes={classes}, unseen=['tree']),
        embeddings='glove-6b-50d',
        num_classes=4),
    dict(train_dataloader=dict(dataset=dict(dataset=train))),
    dict(val_dataloader=dict(dataset=dict(dataset=val))),
    dict(test_dataloader=dict(dataset=dict(dataset=val)))))
"""


@pytest.fixture(scope='module')
def voc_folder(tmp_path_factory) -> Path:
    """Six noisy images of four coloured bands, one per class."""
    root = tmp_path_factory.mktemp('voc layout')  # with a space, on purpose
    rng = np.random.default_rng(0)
    names = [f'image_{i}' for i in range(6)]
    for folder in ('JPEGImages', 'Masks', 'ImageSets/Segmentation'):
        (root / folder).mkdir(parents=True)
    for name in names:
        label = np.repeat(rng.permutation(4).astype(np.uint8), 16)
        label = np.tile(label[:, None], (1, 64))
        image = 60 * label[..., None] + rng.integers(0, 30, (64, 64, 3))
        Image.fromarray(image.astype(np.uint8)).save(
            root / 'JPEGImages' / f'{name}.jpg')
        Image.fromarray(label).save(root / 'Masks' / f'{name}.png')
    lists = root / 'ImageSets' / 'Segmentation'
    (lists / 'train.txt').write_text('\n'.join(names[:4]) + '\n')
    (lists / 'val.txt').write_text('\n'.join(names[4:]) + '\n')
    return root


def run_tool(root: Path, tool: str, *arguments: str) -> str:
    """Run a tool as a user does."""
    env = dict(os.environ, PYTHONPATH=str(root), OMP_NUM_THREADS='1')
    done = subprocess.run(
        [sys.executable, str(root / 'tools' / tool), *arguments],
        cwd=root, env=env, capture_output=True, text=True)
    output = done.stdout[-3000:] + done.stderr[-3000:]
    assert done.returncode == 0, output
    return done.stdout + done.stderr


@pytest.mark.slow
def test_train_then_test(voc_folder, repo_root, tmp_path):
    config = tmp_path / 'mine.py'  # a config of one's own
    config.write_text(CONFIG.format(
        bases=repo_root / 'configs/_base_', root=voc_folder,
        classes=CLASSES))
    options = [
        '--work-dir', str(tmp_path), '--cfg-options',
        'train_cfg.max_iters=2',
        'model.backbone.pretrained=False', 'train_dataloader.batch_size=2',
        'train_dataloader.num_workers=0', 'val_dataloader.num_workers=0',
        'test_dataloader.num_workers=0',
        'train_dataloader.persistent_workers=False',
        'val_dataloader.persistent_workers=False',
        'test_dataloader.persistent_workers=False',
    ]
    run_tool(repo_root, 'train.py', str(config), *options)
    checkpoint = tmp_path / 'iter_2.pth'
    assert checkpoint.exists()
    results = tmp_path / 'zero_shot_results.json'
    trained = json.loads(results.read_text())
    results.unlink()

    run_tool(repo_root, 'test.py', str(config), str(checkpoint), *options)
    tested = json.loads(results.read_text())
    assert tested['generalised'] == trained['generalised']
    assert tested['method'] == 'SPNet'
    assert tested['supervision'] == 'strict'
    assert tested['split'] == 'unseen-tree'
    assert {row['class'] for row in tested['per_class']} == set(CLASSES)
    unseen = [row['class'] for row in tested['per_class']
              if row['group'] == 'unseen']
    assert unseen == ['tree']
    pixels = sum(row['pixels'] for row in tested['per_class'])
    assert pixels == 2 * 64 * 64
