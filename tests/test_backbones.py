"""Every network family with every method, at tiny size, by the tool."""
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample

from mmseg_zeroshot.commands import make_zero_shot_config as tool
from mmseg_zeroshot.semantics import ClassSplit, build_split
from mmseg_zeroshot.utils.config_text import assignment

MODEL_FILES = Path(__file__).resolve().parents[1] / 'configs/_base_/models'
SPLIT = 'voc12-zs3-k4'
SIZE = 64

# What makes a model of configs/_base_/models tiny.
TINY = {
    'segformer_mit-b0': dict(
        backbone=dict(embed_dims=8, num_layers=[1] * 4, num_heads=[1] * 4),
        decode_head=dict(in_channels=[8] * 4, channels=8)),
    'upernet_swin-t': dict(
        backbone=dict(embed_dims=8, depths=[1] * 4, num_heads=[1] * 4),
        decode_head=dict(in_channels=[8, 16, 32, 64], channels=8),
        auxiliary_head=dict(in_channels=32, channels=8)),
    'upernet_beit-b': dict(
        backbone=dict(
            img_size=(SIZE, SIZE), embed_dims=16, num_layers=4, num_heads=2,
            out_indices=(0, 1, 2, 3)),
        neck=dict(embed_dim=16),
        decode_head=dict(in_channels=[16] * 4, channels=8),
        auxiliary_head=dict(in_channels=16, channels=8)),
    'pspnet_r50-d8': dict(
        backbone=dict(depth=18, stem_channels=8, base_channels=8),
        decode_head=dict(in_channels=64, channels=8),
        auxiliary_head=dict(in_channels=32, channels=8)),
    'fcn_hr18': dict(
        backbone=dict(extra=dict(
            stage1=dict(num_blocks=(1, ), num_channels=(8, )),
            stage2=dict(num_blocks=(1, 1), num_channels=(4, 8)),
            stage3=dict(num_modules=1, num_blocks=(1, ) * 3,
                        num_channels=(4, 8, 16)),
            stage4=dict(num_modules=1, num_blocks=(1, ) * 4,
                        num_channels=(4, 8, 16, 32)))),
        decode_head=dict(in_channels=[4, 8, 16, 32], channels=60)),
    'deeplabv3plus_mobilenet-v2-d8': dict(
        backbone=dict(widen_factor=0.1),
        decode_head=dict(in_channels=32, c1_in_channels=8, c1_channels=4,
                         channels=8),
        auxiliary_head=dict(in_channels=16, channels=8)),
}
METHODS = ('spnet', 'devise', 'ale', 'zs3net')
HEADS = dict(spnet='SemanticProjectionHead', devise='DeViSEHead',
             ale='SemanticProjectionHead', zs3net='GeneratorRetrainedHead')


def tiny(cfg: Config, name: str) -> Config:
    """The config with a tiny network, which looks for no weights."""
    cfg.model.pop('pretrained', None)
    cfg.model.backbone.pop('init_cfg', None)
    cfg.model.data_preprocessor.size = (SIZE, SIZE)
    cfg.merge_from_dict(dict(model=TINY[name]))
    return cfg


def batch(split: ClassSplit, count: int = 2) -> dict:
    """Random images, labelled with seen classes and unlabelled pixels."""
    allowed = torch.tensor([*split.seen_ids, 255])
    samples = [
        SegDataSample(
            gt_sem_seg=PixelData(data=allowed[torch.randint(
                len(allowed), (1, SIZE, SIZE))]),
            metainfo=dict(img_shape=(SIZE, SIZE), ori_shape=(SIZE, SIZE)))
        for _ in range(count)
    ]
    images = torch.randint(0, 256, (count, 3, SIZE, SIZE)).to(torch.uint8)
    return dict(inputs=list(images), data_samples=samples)


def base_file(folder: Path, name: str) -> Path:
    """An ordinary config of the family: VOC, 20k iterations."""
    voc = dict(type='PascalVOCDataset', data_root='voc')
    loader = dict(batch_size=2, num_workers=0)
    steps = [dict(type='LoadImageFromFile'), dict(type='LoadAnnotations'),
             dict(type='PackSegInputs')]
    cfg = tiny(Config.fromfile(MODEL_FILES / f'{name}.py'), name)
    loader['dataset'] = dict(voc, ann_file='train.txt', pipeline=steps)
    cfg.update(
        train_dataloader=loader, val_dataloader=loader,
        optim_wrapper=dict(optimizer=dict(type='AdamW', lr=0.001)),
        train_cfg=dict(type='IterBasedTrainLoop', max_iters=20000))
    path = folder / f'{name}.py'
    path.write_text(''.join(
        assignment(*item) for item in cfg.to_dict().items()))
    return path


def one_step(cfg: Config, data: dict) -> set[str]:
    """Train and test for a step; return the parts that moved."""
    split = build_split(SPLIT)
    model = MODELS.build(cfg.model)
    optimizer = build_optim_wrapper(model, cfg.optim_wrapper)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    model.train()
    losses = model.train_step(data, optimizer)
    assert all(torch.isfinite(value).all() for value in losses.values())
    trained = {n for n, p in model.named_parameters() if p.requires_grad}
    moved = {n for n, p in model.named_parameters()
             if not torch.equal(p, before[n])}
    assert moved <= trained
    model.eval()
    result = model.test_step(batch(split, 1))[0]
    assert result.seg_logits.data.shape == (split.num_classes, SIZE, SIZE)
    assert torch.isfinite(result.seg_logits.data).all()
    assert 0 <= result.pred_sem_seg.data.min()
    return {'.'.join(n.split('.')[:2 if n.startswith('decode') else 1])
            for n in moved}


def bank_batch(width: int) -> dict:
    """A step of a feature bank: 4 vectors of every seen class."""
    ids = torch.tensor(build_split(SPLIT).seen_ids)
    features = torch.randn(1, len(ids), 4, width)
    return dict(features=features, class_ids=ids[None],
                frequency=torch.full((1, len(ids)), 1 / len(ids)))


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    """All configs that the tool writes, by family and method."""
    init_default_scope('mmseg')
    folder = tmp_path_factory.mktemp('configs')
    files = {}
    for name in TINY:
        base = base_file(folder, name)
        for method in METHODS:
            out = folder / f'{method}_{name}'
            code = tool.main([str(base), '--split', SPLIT, '--method', method,
                              '--out', str(out)])
            assert code == 0
            stages = (('seen', 'generator', 'zs3net') if method == 'zs3net'
                      else (method, ))
            files[name, method] = [out / f'{stage}.py' for stage in stages]
    return files


@pytest.mark.parametrize('name', TINY)
@pytest.mark.parametrize('method', METHODS)
def test_one_training_and_one_test_step(written, name, method):
    files = written[name, method]
    # ZS3Net's first step, or the whole of another method, trains all.
    cfg = Config.fromfile(files[0])
    moved = one_step(cfg, batch(build_split(SPLIT)))
    everything = {'backbone', *(
        part for part in ('neck', 'auxiliary_head') if part in cfg.model)}
    assert everything <= moved
    if method != 'zs3net':
        assert cfg.model.decode_head.type == HEADS[method]
        assert {'decode_head.projection', 'decode_head.host'} <= moved
        return
    # The others train generator and classifier alone, on a bank.
    for file, part in zip(files[1:], ('generator', 'classifier')):
        cfg = Config.fromfile(file)
        head = MODELS.build(cfg.model.decode_head)
        assert (type(head).__name__, head.stage) == (HEADS[method], part)
        assert one_step(cfg, bank_batch(head.feature_channels)) == {
            f'decode_head.{part}'}

