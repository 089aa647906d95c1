"""Losses and scores of several scales, and of their maximum."""
import copy

import pytest
import torch
import torch.distributed as dist
import torch.nn.functional as F
from mmengine.config import ConfigDict
from mmengine.model import MMDistributedDataParallel
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from mmengine.structures import PixelData
from mmseg.models.utils import resize
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample

from .test_zero_shot_segmentor import CLASSES, MODEL

SIZE = 64
HOST = MODEL['decode_head']['host']


def build(plain: bool = False, auxiliary: dict | None = None, **arguments):
    init_default_scope('mmseg')
    config = ConfigDict(copy.deepcopy(MODEL))
    config.type = 'MultiScaleZeroShotSegmentor'
    if plain:
        config.type = 'MultiScaleEncoderDecoder'
        config.decode_head = dict(HOST, num_classes=len(CLASSES))
    if auxiliary:
        config.auxiliary_head = auxiliary
    for name, value in arguments.items():
        config[name] = value
    model = MODELS.build(config)
    if not plain:
        torch.nn.init.normal_(model.decode_head.projection.weight, std=.5)
    return model


def samples(count: int = 2) -> list[SegDataSample]:
    return [SegDataSample(
        gt_sem_seg=PixelData(data=torch.randint(0, 3, (1, SIZE, SIZE))),
        metainfo=dict.fromkeys(
            ('ori_shape', 'img_shape', 'pad_shape'), (SIZE, SIZE)))
        for _ in range(count)]


def scaled(images: torch.Tensor, scale: float) -> torch.Tensor:
    return F.interpolate(
        images, size=(int(scale * SIZE), ) * 2, mode='bilinear',
        align_corners=False)


@pytest.mark.parametrize('plain', [True, False])
def test_a_loss_of_every_scale_and_one_of_their_maximum(plain):
    model = build(plain).eval()  # batch statistics would differ
    images, labels = torch.randn(2, 3, SIZE, SIZE), samples()
    losses = model.loss(images, labels)
    assert [k for k in losses if 'loss' in k] == [
        'decode_1.loss_ce', 'decode_0.75.loss_ce', 'decode_0.5.loss_ce',
        'decode_max.loss_ce']
    truth = torch.cat([s.gt_sem_seg.data for s in labels])
    scores = []
    for scale in (1, .75, .5):
        outputs = model.decode_head(model.extract_feat(scaled(images, scale)))
        if not plain:
            outputs[:, 3] = -1e4  # the unseen class is not trained
        scores.append(resize(outputs, size=(8, 8), mode='bilinear'))
        full = resize(outputs, size=(SIZE, SIZE), mode='bilinear')
        torch.testing.assert_close(losses[f'decode_{scale:g}.loss_ce'],
                                   F.cross_entropy(full, truth))
    fused = torch.stack(scores).max(0).values
    torch.testing.assert_close(
        losses['decode_max.loss_ce'],
        F.cross_entropy(resize(fused, size=(SIZE, SIZE), mode='bilinear'),
                        truth))


@pytest.mark.parametrize('plain', [True, False])
def test_prediction_is_the_maximum(plain):
    model = build(plain, scales=(1, .5)).eval()
    images = torch.randn(1, 3, SIZE, SIZE)
    with torch.no_grad():
        got = model.predict(images, samples(1))[0].seg_logits.data
        one, half = (model.decode_head(model.extract_feat(scaled(images, s)))
                     for s in (1, .5))
        tensors = model(images, mode='tensor')
    fused = torch.maximum(one, resize(half, size=(8, 8), mode='bilinear'))
    torch.testing.assert_close(tensors, fused)
    torch.testing.assert_close(
        got, resize(fused, size=(SIZE, SIZE), mode='bilinear')[0])
    assert not torch.equal(fused, one) and not torch.equal(fused, half)


def test_one_scale_is_the_segmentor_without():
    model = build(scales=(1., )).eval()
    single = MODELS.build(ConfigDict(copy.deepcopy(MODEL))).eval()
    single.load_state_dict(model.state_dict())
    images = torch.randn(1, 3, SIZE, SIZE)
    label = samples(1)
    with torch.no_grad():
        assert torch.equal(
            model.predict(images, label)[0].seg_logits.data,
            single.predict(images, label)[0].seg_logits.data)
        losses = model.loss(images, label)
        expected = single.loss(images, label)['decode.loss_ce']
    assert losses['decode_1.loss_ce'] == losses['decode_max.loss_ce']
    assert losses['decode_1.loss_ce'] == expected


def test_gamma_decides_after_the_maximum():
    model = build().eval()
    images = torch.randn(1, 3, SIZE, SIZE)
    model.decode_head.gamma = .3
    with torch.no_grad():
        result = model.predict(images, samples(1))[0]
    penalty = .3 * torch.tensor([1., 1, 1, 0, 0])[:, None, None]
    expected = (result.seg_logits.data.softmax(0) - penalty).argmax(0)
    assert torch.equal(result.pred_sem_seg.data[0], expected)


def test_auxiliary_heads_see_the_first_scale():
    head = dict(HOST, num_classes=len(CLASSES))
    model = build(plain=True, auxiliary=head).eval()
    images, labels = torch.randn(1, 3, SIZE, SIZE), samples(1)
    losses = model.loss(images, labels)
    expected = model.auxiliary_head.loss(
        model.extract_feat(images), labels, {})['loss_ce']
    torch.testing.assert_close(losses['aux.loss_ce'], expected)


def test_bfloat16_autocast_trains():
    model = build().train()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        losses = model.loss(torch.randn(2, 3, SIZE, SIZE), samples())
    total, _ = model.parse_losses(losses)
    total.backward()
    assert torch.isfinite(total)
    assert model.decode_head.projection.weight.grad.isfinite().all()


def test_distributed_wrapper_takes_a_step(tmp_path):
    """Every parameter is used three times and reduced once."""
    dist.init_process_group(
        'gloo', init_method=f'file://{tmp_path}/store', rank=0, world_size=1)
    try:
        model = build(data_preprocessor=dict(
            type='SegDataPreProcessor', size=(SIZE, SIZE), mean=[127.] * 3,
            std=[60.] * 3)).train()
        before = copy.deepcopy(model.state_dict())
        wrapped = MMDistributedDataParallel(model)
        optimizer = build_optim_wrapper(model, dict(
            optimizer=dict(type='SGD', lr=1e-3)))
        images = torch.randint(
            0, 256, (2, 3, SIZE, SIZE), dtype=torch.uint8)
        for _ in range(2):
            logs = wrapped.train_step(
                dict(inputs=list(images), data_samples=samples()),
                optimizer)
        assert torch.isfinite(logs['loss'])
        moved = {name.split('.')[0] for name, p in model.named_parameters()
                 if not torch.equal(before[name], p)}
        assert moved == {'backbone', 'decode_head'}
    finally:
        dist.destroy_process_group()


@pytest.mark.parametrize('scales', [(), (1, 0), (1, .5, .5)])
def test_wrong_scales_are_named(scales):
    with pytest.raises(ValueError, match=r'scales=\('):
        build(scales=scales)


def test_a_head_that_keeps_its_extractor_is_refused():
    head = copy.deepcopy(MODEL['decode_head'])
    head.update(type='GeneratorRetrainedHead', stage='joint',
                generator=dict(type='GMMNGenerator'))
    with pytest.raises(ValueError, match='GeneratorRetrainedHead keeps'):
        build(plain=True, decode_head=head,
              type='MultiScaleZeroShotSegmentor')


def test_a_head_that_returns_more_than_scores_is_refused():
    model = build(plain=True, decode_head=dict(
        type='EncHead', in_channels=[8], in_index=[-1], channels=8,
        num_codes=4, num_classes=5)).eval()
    with pytest.raises(TypeError, match='EncHead returns more than scores'):
        model.loss(torch.randn(1, 3, SIZE, SIZE), samples(1))
