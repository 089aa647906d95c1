"""A whole run that takes a second: six images, a network of a few weights.

The data set is a stand-in that publishes a split as ZeroShotDataset does.
"""
from __future__ import annotations

import copy
import time

import torch
from mmengine.config import Config
from mmengine.runner import Runner
from mmengine.structures import PixelData
from mmseg.structures import SegDataSample
from torch.utils.data import Dataset

import mmseg_zeroshot.engine
import mmseg_zeroshot.evaluation  # noqa: F401  (registers the types)
from mmseg_zeroshot.semantics import ClassSplit

CLASSES = ('background', 'dog', 'cat', 'car')
SPLIT = dict(classes=CLASSES, unseen=['cat'], ignored=['car'], name='pets')


class TinyData(Dataset):
    """Random images; label maps of seen classes and, if kept, unseen."""

    def __init__(self, split=SPLIT, mode='ignore', length=4, poison=None):
        self.metainfo = dict(classes=CLASSES, split_mode=mode)
        if split is not None:
            self.metainfo['split'] = ClassSplit.from_dict(split).to_dict()
        self.mode, self.length, self.poison = mode, length, poison

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        generator = torch.Generator().manual_seed(index)
        classes = 3 if self.mode == 'keep' else 2
        label = torch.randint(0, classes, (1, 32, 32), generator=generator)
        if index == self.poison:
            label[0, 3, :5] = 2
        sample = SegDataSample(
            gt_sem_seg=PixelData(data=label),
            metainfo=dict(
                img_path=f'{index}.jpg', ori_shape=(32, 32),
                img_shape=(32, 32), pad_shape=(32, 32)))
        image = torch.randint(
            0, 256, (3, 32, 32), generator=generator, dtype=torch.uint8)
        return dict(inputs=image, data_samples=sample)


HOST = dict(type='FCNHead', in_channels=8, channels=8, num_convs=1,
            norm_cfg=dict(type='BN'))


def model_config(split=SPLIT, gamma=0.):
    return dict(
        type='ZeroShotSegmentor',
        data_preprocessor=dict(
            type='SegDataPreProcessor', size=(32, 32), seg_pad_val=255),
        backbone=dict(
            type='ResNet', depth=18, base_channels=4, num_stages=2,
            strides=(1, 2), dilations=(1, 1), out_indices=(1, ),
            norm_cfg=dict(type='BN')),
        decode_head=dict(
            type='SemanticProjectionHead', split=split, gamma=gamma,
            embeddings='glove-6b-50d', host=HOST),
        test_cfg=dict(mode='whole'))


def plain_model_config():
    """The same network with the host's own classifier."""
    config = model_config()
    config.update(type='EncoderDecoder',
                  decode_head=dict(num_classes=4, **HOST))
    return config


def loader(dataset):
    return dict(
        batch_size=2, num_workers=0, dataset=dataset,
        sampler=dict(type='DefaultSampler', shuffle=False))


def make_runner(work_dir, hooks, *, model=None, train=None, val=None,
                load_from=None, seed=3, checkpoint=None, max_iters=2):
    """Build a runner that trains for two steps, validates and tests."""
    train = TinyData() if train is None else train
    val = TinyData(mode='keep') if val is None else val
    evaluator = dict(type='ZeroShotIoUMetric')
    config = Config(dict(
        default_scope='mmseg', work_dir=str(work_dir),
        model=model or model_config(),
        train_cfg=dict(
            type='IterBasedTrainLoop', max_iters=max_iters,
            val_interval=max_iters),
        val_cfg=dict(type='ValLoop'), test_cfg=dict(type='TestLoop'),
        val_evaluator=evaluator, test_evaluator=evaluator,
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=.01)),
        default_hooks=dict(checkpoint=dict(
            type='CheckpointHook', by_epoch=False, interval=2,
            **(checkpoint or {}))),
        custom_hooks=hooks, randomness=dict(seed=seed),
        load_from=load_from, log_level='WARNING'))
    return Runner(
        **config, train_dataloader=loader(train), val_dataloader=loader(val),
        test_dataloader=loader(copy.deepcopy(val)),
        experiment_name=f'{id(config)}-{time.monotonic_ns()}', cfg=config)
