"""847 classes on disk: 16-bit label maps, random words, a small network."""
from pathlib import Path

import numpy as np
from mmengine.config import Config
from PIL import Image

from mmseg_zeroshot.semantics import ClassEmbeddings

NUM, NO_LABEL = 847, 65535
CLASSES = tuple(f'class {i:03d}' for i in range(NUM))
UNSEEN_IDS = (44, 300, 556, 846)
"""300 and 556 are 44 modulo 256."""
HIDDEN_IDS = (5, 261)
"""The ignored classes: 261 is 5 modulo 256."""
SPLIT = dict(name='wide', classes=list(CLASSES),
             unseen=[CLASSES[i] for i in UNSEEN_IDS],
             ignored=[CLASSES[i] for i in HIDDEN_IDS])
IDS = (0, 1, 255, 256, 257, 511, 512, 845, *UNSEEN_IDS, *HIDDEN_IDS, NO_LABEL)
"""What the label maps hold."""
LOAD = [dict(type='LoadImageFromFile'), dict(type='LoadAnnotations')]
SIZE = (40, 48)


def label_map(seed: int) -> np.ndarray:
    """(40, 48) uint16 blocks of :data:`IDS`, each at least once."""
    rng = np.random.default_rng(seed)
    places = rng.permutation(np.resize(np.array(IDS, np.uint16), 30))
    return places.reshape(5, 6).repeat(8, 0).repeat(8, 1)


def write_folder(root: Path, count: int = 4) -> list[np.ndarray]:
    """Write images and 16-bit label maps; return the maps."""
    rng = np.random.default_rng(0)
    labels = [label_map(seed) for seed in range(count)]
    for folder in ('img', 'ann'):
        (root / folder).mkdir(parents=True)
    for i, label in enumerate(labels):
        image = rng.integers(0, 255, (*SIZE, 3), np.uint8)
        Image.fromarray(image).save(root / f'img/a{i}.png')
        Image.fromarray(label).save(root / f'ann/a{i}.png')
    return labels


def inner(root: Path, **changes) -> dict:
    """Config of the data set."""
    return dict(
        dict(type='BaseSegDataset', data_root=str(root), img_suffix='.png',
             data_prefix=dict(img_path='img', seg_map_path='ann'),
             reduce_zero_label=False,
             metainfo=dict(classes=list(CLASSES))), **changes)


def write_words(path: Path) -> str:
    """Write a random table of the classes' vectors."""
    vectors = np.random.default_rng(7).normal(size=(NUM, 12))
    ClassEmbeddings(CLASSES, vectors.astype(np.float32)).save(path)
    return str(path)


def spnet(root: Path, words: str, work_dir: Path) -> Config:
    """SPNet on two convolutions, for two steps with crops and padding."""
    train = [*LOAD, dict(type='RandomCrop', crop_size=(32, 64),
                         cat_max_ratio=.9),
             dict(type='Pad', size=(36, 60)), dict(type='PackSegInputs')]
    test = [LOAD[0], LOAD[1], dict(type='PackSegInputs')]

    def loader(mode: str, pipeline: list, **sampler: object) -> dict:
        return dict(
            batch_size=2, num_workers=0,
            sampler=dict(type='DefaultSampler', **sampler),
            dataset=dict(type='ZeroShotDataset', split=SPLIT, mode=mode,
                         dataset=inner(root), pipeline=pipeline))

    evaluated = loader('keep', test, shuffle=False)
    return Config(dict(
        default_scope='mmseg', work_dir=str(work_dir), log_level='ERROR',
        custom_imports=dict(imports=['mmseg_zeroshot.registered'],
                            allow_failed_imports=False),
        model=dict(
            type='ZeroShotSegmentor',
            data_preprocessor=dict(
                type='SegDataPreProcessor', mean=[127.] * 3, std=[60.] * 3,
                size=(64, 64), seg_pad_val=255),
            backbone=dict(type='ResNetV1c', depth=18, num_stages=1,
                          strides=(2, ), dilations=(1, ), out_indices=(0, ),
                          base_channels=8, stem_channels=8),
            decode_head=dict(
                type='SemanticProjectionHead', split=SPLIT, embeddings=words,
                host=dict(type='FCNHead', in_channels=8, channels=8,
                          num_convs=1, norm_cfg=dict(type='BN'),
                          loss_decode=dict(type='CrossEntropyLoss'))),
            auxiliary_head=dict(
                type='FCNHead', in_channels=8, channels=8, num_convs=0,
                concat_input=False, num_classes=NUM),
            test_cfg=dict(mode='whole')),
        train_dataloader=loader('ignore', train, shuffle=True),
        val_dataloader=evaluated, test_dataloader=evaluated,
        val_evaluator=dict(type='ZeroShotIoUMetric'),
        test_evaluator=dict(type='ZeroShotIoUMetric'),
        optim_wrapper=dict(type='OptimWrapper',
                           optimizer=dict(type='SGD', lr=.1)),
        train_cfg=dict(type='IterBasedTrainLoop', max_iters=2,
                       val_interval=2),
        val_cfg=dict(type='ValLoop'), test_cfg=dict(type='TestLoop'),
        default_hooks=dict(
            checkpoint=dict(type='CheckpointHook', interval=2,
                            by_epoch=False),
            results=dict(type='ZeroShotResultsHook', method='SPNet',
                         supervision='strict')),
        custom_hooks=[dict(type='ConsistencyHook'),
                      dict(type='LabelLeakHook')],
        randomness=dict(seed=0, deterministic=True)))
