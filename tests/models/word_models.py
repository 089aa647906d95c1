"""Tiny models whose vocabulary the tests change."""
import copy

import torch
from mmengine.config import ConfigDict
from mmengine.registry import init_default_scope
from mmseg.registry import MODELS

CLASSES = ('background', 'person', 'dog', 'cat', 'car')
HOST = dict(type='FCNHead', in_channels=8, channels=8, num_convs=1)
WORDS = dict(split=dict(classes=list(CLASSES), unseen=['cat'],
                        ignored=['car']),
             embeddings='glove-6b-50d', host=HOST)
PROJECTION = dict(type='SemanticProjectionHead', **WORDS)
RETRAINED = dict(
    type='GeneratorRetrainedHead', stage='classifier', num_vectors=16,
    generator=dict(type='GMMNGenerator', hidden_dim=8), **WORDS)
MODEL = dict(
    type='ZeroShotSegmentor',
    data_preprocessor=dict(type='SegDataPreProcessor'),
    backbone=dict(
        type='FastSCNN', downsample_dw_channels=(4, 4),
        global_in_channels=8, global_block_channels=(4, 4, 4),
        global_block_strides=(2, 2, 1), global_out_channels=8,
        higher_in_channels=8, lower_in_channels=8, fusion_out_channels=8),
    test_cfg=dict(mode='whole'))


def build(head=PROJECTION, **changes):
    init_default_scope('mmseg')
    config = ConfigDict(copy.deepcopy(dict(MODEL, decode_head=head)))
    config.decode_head.update(changes)
    model = MODELS.build(config).eval()
    model.dataset_meta = dict(classes=CLASSES, palette=[[9, 9, 9]] * 5)
    return model


@torch.no_grad()
def scores(model) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return model.decode_head.forward(
        model.extract_feat(torch.randn(1, 3, 64, 64, generator=generator)))
