"""The calibrated decision at the image's own size, and added classes."""
import copy

import numpy as np
import pytest
import torch
from mmengine.config import ConfigDict
from mmengine.registry import init_default_scope
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample

from mmseg_zeroshot import ClassEmbeddings
from mmseg_zeroshot.models import FeatureSets, GraphSets

CLASSES = ['background', 'person', 'dog', 'cat', 'car']
MODEL = dict(
    type='ZeroShotSegmentor',
    data_preprocessor=dict(type='SegDataPreProcessor'),
    backbone=dict(
        type='FastSCNN', downsample_dw_channels=(4, 4),
        global_in_channels=8, global_block_channels=(4, 4, 4),
        global_block_strides=(2, 2, 1), global_out_channels=8,
        higher_in_channels=8, lower_in_channels=8, fusion_out_channels=8),
    decode_head=dict(
        type='SemanticProjectionHead',
        split=dict(classes=CLASSES, unseen=['cat'], ignored=['car']),
        embeddings='glove-6b-50d',
        host=dict(
            type='FCNHead', in_channels=8, channels=8, num_convs=1)),
    test_cfg=dict(mode='whole'))


def build(**test_cfg):
    init_default_scope('mmseg')
    torch.manual_seed(0)
    config = ConfigDict(copy.deepcopy(MODEL))
    config.test_cfg.update(test_cfg)
    model = MODELS.build(config)
    # Untrained scores are all but equal: spread them.
    torch.nn.init.normal_(model.decode_head.projection.weight, std=3)
    return model.eval()


def sample() -> SegDataSample:
    return SegDataSample(
        gt_sem_seg=PixelData(data=torch.zeros(1, 50, 70)),
        metainfo=dict(
            ori_shape=(50, 70), img_shape=(64, 64), pad_shape=(64, 64)))


@pytest.fixture
def image() -> torch.Tensor:
    return torch.randn(
        1, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def test_decision_is_taken_at_the_own_size(image):
    model = build()
    with torch.no_grad():
        plain = model.predict(image, [sample()])[0]
        model.decode_head.gamma = 0.3
        calibrated = model.predict(image, [sample()])[0]
    logits = plain.seg_logits.data
    assert logits.shape == (5, 50, 70)
    assert torch.equal(plain.pred_sem_seg.data[0], logits.argmax(0))
    penalty = 0.3 * torch.tensor([1., 1, 1, 0, 0])[:, None, None]
    expected = (logits.softmax(0) - penalty).argmax(0)
    assert torch.equal(calibrated.pred_sem_seg.data[0], expected)
    assert not torch.equal(expected, logits.argmax(0))
    assert 4 not in plain.pred_sem_seg.data.unique()


def test_added_class_is_predicted_also_in_slide_mode(image):
    model = build(mode='slide', crop_size=(32, 32), stride=(16, 16))
    model.dataset_meta = dict(
        classes=tuple(CLASSES), palette=[[0, 0, 0]] * 5)
    model.add_class('horse', embeddings='glove-6b-50d')
    assert model.dataset_meta['classes'][-1] == 'horse'
    assert len(model.dataset_meta['palette']) == 6
    with torch.no_grad():
        result = model.predict(image, [sample()])[0]
    assert result.seg_logits.data.shape == (6, 50, 70)


def test_added_class_must_be_new():
    with pytest.raises(ValueError, match='dog'):
        build().add_class('dog', embeddings='glove-6b-50d')


def test_the_table_of_an_added_class_must_be_the_model_s_own(tmp_path):
    """A random table of the same width would be a class at random."""
    model = build()
    own = model.decode_head.class_embeddings
    words = (*CLASSES, 'horse')
    random = np.random.default_rng(0).normal(size=(6, own.dim))
    path = str(tmp_path / 'words.npz')
    ClassEmbeddings(words, random).save(path)
    with pytest.raises(ValueError, match=(
            "not those that the model .*'background' has width 50")):
        model.add_class('horse', embeddings=path)
    assert model.num_classes == model.decode_head.num_classes == 5
    # The same words with the model's vectors, and one more.
    ClassEmbeddings(words, [*own.vectors, random[5]]).save(path)
    assert model.add_class('horse', embeddings=path) == 'horse'
    np.testing.assert_allclose(
        model.decode_head.class_embeddings.vectors[5],
        random[5] / np.linalg.norm(random[5]), atol=1e-6)


def test_bfloat16_autocast_trains(image):
    model = build().train()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        losses = model.loss(image.repeat(2, 1, 1, 1), [
            SegDataSample(
                gt_sem_seg=PixelData(
                    data=torch.randint(0, 3, (1, 64, 64))),
                metainfo=sample().metainfo) for _ in range(2)
        ])
    losses['decode.loss_ce'].backward()
    assert losses['decode.loss_ce'].isfinite()
    assert model.decode_head.projection.weight.grad.isfinite().all()


def retrained(stage='generator', graphs=False, **config):
    head = dict(
        MODEL['decode_head'], stage=stage, num_vectors=4,
        type='GraphRetrainedHead' if graphs else 'GeneratorRetrainedHead',
        generator=dict(
            type='GraphGMMNGenerator' if graphs else 'GMMNGenerator',
            hidden_dim=8))
    init_default_scope('mmseg')
    return MODELS.build(dict(
        copy.deepcopy(MODEL), decode_head=head, **config))


def sets_of_width(width: int) -> FeatureSets:
    return FeatureSets(torch.randn(3, 6, width), torch.tensor([0, 1, 2]),
                       torch.full((3, ), 1 / 3))


@pytest.mark.parametrize('stage', ['generator', 'classifier', 'joint'])
def test_a_bank_of_another_width(stage):
    model = retrained(stage)
    model.loss(sets_of_width(8), None)
    with pytest.raises(ValueError, match=r'width 9, .* FCNHead .* width 8'):
        model.loss(sets_of_width(9), None)


def test_graphs_of_another_width():
    graphs = GraphSets(torch.tensor([0, 1]), torch.tensor([[0, 1]]),
                       torch.randn(2, 3, 9))
    with pytest.raises(ValueError, match='width 9'):
        retrained(graphs=True).loss(graphs, None)


IMAGES, SETS = torch.zeros(1, 3, 64, 64), sets_of_width(8)
GRAPHS = GraphSets(torch.tensor([0, 1]), torch.tensor([[0, 1]]),
                   torch.randn(2, 3, 8))


@pytest.mark.parametrize('model, data, message', [
    (build, SETS, 'SemanticProjectionHead trains on images .*'
     'not on sets of a feature bank'),
    (lambda: retrained('seen'), SETS, "stage 'seen' trains on images"),
    (lambda: retrained('self-training'), SETS,
     "stage 'self-training' trains on images"),
    (retrained, GRAPHS, 'trains on images .* or sets .*, not on graphs'),
    (lambda: retrained(graphs=True), SETS,
     "stage 'generator' trains on graphs .GraphBankDataset.*not on sets"),
    (lambda: retrained(graphs=True), IMAGES, 'not on images'),
])
def test_data_that_a_head_does_not_train_on(model, data, message):
    with pytest.raises(TypeError, match=message):
        model().loss(data, None)


def test_released_trains_on_images_alone():
    model = MODELS.build(dict(copy.deepcopy(MODEL), decode_head=dict(
        MODEL['decode_head'], type='ReleasedRetrainedHead',
        generator=dict(type='GMMNGenerator', hidden_dim=8))))
    with pytest.raises(TypeError, match='trains on images'):
        model.loss(SETS, None)


def test_a_frozen_extractor_is_frozen_from_construction_on():
    model = retrained(auxiliary_head=dict(
        type='FCNHead', in_channels=8, channels=8, num_classes=5))
    frozen = (model.backbone, model.auxiliary_head, model.decode_head.host)
    for mode in (None, False, True):
        if mode is not None:
            model.train(mode)
        for part in frozen:
            assert not any(p.requires_grad for p in part.parameters())
            assert not any(m.training for m in part.modules())
    assert model.decode_head.generator.training
    learning = retrained('seen').train()
    assert all(m.training for m in learning.backbone.modules())
    assert all(p.requires_grad for p in learning.backbone.parameters())


def test_an_ordinary_head_is_refused():
    head = dict(type='FCNHead', in_channels=8, channels=8, num_classes=5)
    init_default_scope('mmseg')
    with pytest.raises(TypeError, match='got FCNHead: make it the `host`'):
        MODELS.build(dict(copy.deepcopy(MODEL), decode_head=head))


def test_images_of_several_sizes_are_segmented_as_by_themselves():
    model, sizes = build(), [(64, 64), (48, 64), (48, 64), (64, 64)]
    generator = torch.Generator().manual_seed(0)
    images = [torch.randint(0, 256, (3, *size), generator=generator)
              for size in sizes]

    def samples():
        return [SegDataSample(metainfo=dict(
            img_path=f'{i}', ori_shape=size, img_shape=size, pad_shape=size))
            for i, size in enumerate(sizes)]

    with torch.no_grad():
        alone = [model.test_step(dict(inputs=[image], data_samples=[one]))[0]
                 for image, one in zip(images, samples())]
        for step in (model.test_step, model.val_step):
            together = step(dict(inputs=images, data_samples=samples()))
            assert [one.img_path for one in together] == list('0123')
            for one, other in zip(alone, together):
                torch.testing.assert_close(
                    one.seg_logits.data, other.seg_logits.data,
                    rtol=.01, atol=.01)
        assert (alone[0].seg_logits.data
                - alone[3].seg_logits.data).abs().max() > 1
        without = model.test_step(dict(inputs=images))
    assert [tuple(one.pred_sem_seg.shape) for one in without] == sizes


def test_a_stacked_batch_is_one_part():
    from mmseg_zeroshot.models.segmentors.batches import runs_of_one_size
    stacked = dict(inputs=torch.zeros(2, 3, 4, 4), data_samples=None)
    assert list(runs_of_one_size(stacked)) == [stacked]
    only, = runs_of_one_size(stacked['inputs'])
    assert only is stacked['inputs']
