"""The base head, through the semantic projection head."""
import copy
import re

import pytest
import torch
from mmengine.runner import load_checkpoint
from mmengine.runner.checkpoint import save_checkpoint
from mmseg.registry import MODELS
from torch import nn

from mmseg_zeroshot import ClassEmbeddings, ClassSplit
from mmseg_zeroshot.models.decode_heads import SemanticProjectionHead
from mmseg_zeroshot.utils import MASKED_LOGIT

from .hosts import HOSTS, feature_shapes, host_config


def build(name: str, split, embeddings, **kwargs) -> SemanticProjectionHead:
    torch.manual_seed(0)
    head = SemanticProjectionHead(
        host_config(name), split=split, embeddings=embeddings, **kwargs)
    head.init_weights()
    return head


def feature_maps(name: str) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return [
        torch.randn(shape, generator=generator)
        for shape in feature_shapes(name)
    ]


@pytest.mark.parametrize('name', HOSTS)
def test_every_host_gives_pixel_features_and_trains(name, split, embeddings,
                                                    samples):
    head = build(name, split, embeddings)
    inputs = feature_maps(name)
    losses = head.loss(inputs, samples, {})
    total = sum(value for key, value in losses.items() if 'loss' in key)
    total.backward()
    assert total.isfinite()
    assert head.projection.weight.grad.abs().sum() > 0
    first = next(p for p in head.host.parameters() if p.requires_grad)
    assert first.grad is not None

    head.eval()
    features = head.pixel_features(inputs)
    assert features.shape[:2] == (2, head.feature_channels)
    logits = head.predict(inputs, [s.metainfo for s in samples], {})
    assert logits.shape == (2, 5, 32, 32)
    assert (logits[:, 4] == MASKED_LOGIT).all()


@pytest.mark.parametrize('name', HOSTS)
def test_features_are_what_the_plain_head_classifies(name, split, embeddings):
    head = build(name, split, embeddings).eval()
    plain = MODELS.build({**host_config(name), 'num_classes': 5}).eval()
    state = copy.deepcopy(head.host.state_dict())
    plain.load_state_dict(state, strict=False)
    inputs = feature_maps(name)
    outputs = plain(inputs)
    expected = outputs[0] if isinstance(outputs, tuple) else outputs
    torch.testing.assert_close(
        plain.conv_seg(head.pixel_features(inputs)), expected)


def test_host_without_weights_classifies_the_backbone(split, embeddings,
                                                      samples):
    probe = dict(type='FCNHead', num_convs=0, concat_input=False,
                 in_channels=16, channels=16, in_index=3, norm_cfg=None)
    head = SemanticProjectionHead(probe, split=split, embeddings=embeddings)
    inputs = feature_maps('FCNHead')
    assert head.pixel_features(inputs) is inputs[3]
    losses = head.loss(inputs, samples, {})
    sum(v for k, v in losses.items() if 'loss' in k).backward()
    assert head.projection.weight.grad.abs().sum() > 0


@pytest.mark.parametrize('trains_unseen, classes', [(False, 3), (True, 4)])
def test_loss_is_cross_entropy_over_seen_classes(
        split, embeddings, samples, trains_unseen, classes):
    head = build('FCNHead', split, embeddings,
                 trains_unseen=trains_unseen).eval()
    if trains_unseen:
        samples[0].gt_sem_seg.data[0, 5:9] = 3
    inputs = feature_maps('FCNHead')
    loss = head.loss(inputs, samples, {})['loss_ce']
    logits = nn.functional.interpolate(
        head.classify(head.pixel_features(inputs)), (32, 32),
        mode='bilinear')[:, :classes]
    label = torch.stack([s.gt_sem_seg.data[0] for s in samples])
    # MMSegmentation averages over all pixels, ignored ones included.
    expected = nn.functional.cross_entropy(
        logits, label, ignore_index=255, reduction='sum') / label.numel()
    torch.testing.assert_close(loss, expected)


def test_unseen_and_ignored_vectors_do_not_reach_training(
        split, embeddings, samples):
    inputs, gradients = feature_maps('FCNHead'), []
    for scale in (1, -5):
        vectors = embeddings.vectors.copy()
        vectors[3:] *= scale
        head = build('FCNHead', split, ClassEmbeddings(
            embeddings.classes, vectors)).eval()
        head.loss(inputs, samples, {})['loss_ce'].backward()
        gradients.append(head.projection.weight.grad)
    assert torch.equal(*gradients)


def test_gamma_decides_between_seen_and_unseen(split, embeddings):
    head = build('FCNHead', split, embeddings, gamma=0.5)
    logits = torch.zeros(5, 1, 2)
    logits[4] = MASKED_LOGIT
    # Probabilities (seen 0, unseen 3): .56, .40 and .93, .05.
    probabilities = torch.tensor([[.56, .02, .02, .40], [.93, .01, .01, .05]])
    logits[:4, 0] = probabilities.T.log()
    assert head.decide(logits).tolist() == [[3, 0]]
    head.gamma = 0.1
    assert head.decide(logits).tolist() == [[0, 0]]


def test_plain_checkpoint_of_the_host_loads(split, embeddings, tmp_path):
    plain = MODELS.build({**host_config('FCNHead'), 'num_classes': 5})
    path = tmp_path / 'plain.pth'
    save_checkpoint(dict(state_dict=plain.state_dict()), str(path))
    head = build('FCNHead', split, embeddings)
    projection = head.projection.weight.clone()
    load_checkpoint(head, str(path))
    ours = head.host.state_dict()
    assert ours and all(
        torch.equal(ours[key], plain.state_dict()[key]) for key in ours)
    assert torch.equal(head.projection.weight, projection)


def test_a_plain_checkpoint_leaves_the_projection_missing(split, embeddings):
    """So that an untrained projection is never taken for a trained one."""
    head = build('FCNHead', split, embeddings)
    plain = MODELS.build({**host_config('FCNHead'), 'num_classes': 5})
    result = head.load_state_dict(plain.state_dict(), strict=False)
    assert result.missing_keys == ['projection.weight', 'projection.bias']
    assert all(re.match(head.allowed_missing[0], key)
               for key in result.missing_keys)
    assert result.unexpected_keys == []


@pytest.mark.parametrize('normalize', ['l2', 'none'])
def test_added_words_are_scaled_as_the_others(normalize):
    split = dict(classes=['sky', 'road', 'bus'], unseen=['bus'])
    head = SemanticProjectionHead(
        host_config('FCNHead'), split=split, embeddings='glove-6b-50d',
        normalize=normalize)
    head.add_class('zebra', embeddings='glove-6b-50d')
    norms = head.class_vectors.norm(dim=1)
    assert (norms[-1] > 2) == (normalize == 'none')
    assert (norms[0] > 2) == (normalize == 'none')


def test_words_scaled_by_the_largest_need_a_vector(split, embeddings):
    head = build('FCNHead', split, embeddings, normalize='max')
    with pytest.raises(ValueError, match="normalize='max' scales"):
        head.add_class('zebra', embeddings='glove-6b-50d')


def test_plain_checkpoint_of_another_head_is_an_error(split, embeddings):
    head = build('FCNHead', split, embeddings)
    plain = MODELS.build({**host_config('PSPHead'), 'num_classes': 5})
    with pytest.raises(ValueError, match='not one of FCNHead'):
        head.load_state_dict(plain.state_dict())


def test_checkpoint_knows_its_vocabulary(split, embeddings, tmp_path):
    head = build('FCNHead', split, embeddings)
    path = tmp_path / 'ours.pth'
    save_checkpoint(dict(state_dict=head.state_dict()), str(path))
    load_checkpoint(build('FCNHead', split, embeddings), str(path))

    renamed = ('sky', 'road', 'car', 'tram', 'void')
    other = build(
        'FCNHead', ClassSplit(renamed, unseen=('tram', ), ignored=('void', )),
        ClassEmbeddings(renamed, embeddings.vectors))
    with pytest.raises(ValueError, match="another vocabulary.*'bus', 'tram'"):
        load_checkpoint(other, str(path), strict=False)

    vectors = embeddings.vectors[::-1].copy()
    other = build('FCNHead', split,
                  ClassEmbeddings(embeddings.classes, vectors))
    with pytest.raises(ValueError, match='other class vectors'):
        load_checkpoint(other, str(path), strict=False)


def test_add_class_scores_by_the_new_vector(split, embeddings):
    head = build('FCNHead', split, embeddings).eval()
    features = torch.randn(2, head.feature_channels, 3, 3)
    before = head.classify(features)
    vector = torch.from_numpy(head.class_embeddings.vectors[1].copy())
    head.add_class('tram', vector)
    after = head.classify(features)
    assert head.num_classes == head.out_channels == 6
    assert head.split.unseen == ('bus', 'tram')
    torch.testing.assert_close(after[:, :5], before)
    torch.testing.assert_close(after[:, 5], before[:, 1])


@pytest.mark.parametrize('kwargs', [
    dict(),
    dict(vector=torch.ones(7), embeddings='glove-6b-50d'),
    dict(vector=torch.ones(3)),
])
def test_add_class_refuses_bad_vectors(split, embeddings, kwargs):
    head = build('FCNHead', split, embeddings)
    with pytest.raises(ValueError):
        head.add_class('tram', **kwargs)


def test_bad_hosts_are_named(split, embeddings):
    def with_host(host):
        return SemanticProjectionHead(
            host, split=split, embeddings=embeddings)

    with pytest.raises(TypeError, match='config of a decode head'):
        with_host('FCNHead')
    with pytest.raises(ValueError, match='num_classes = 19'):
        with_host({**host_config('FCNHead'), 'num_classes': 19})
    with pytest.raises(ValueError, match='OCRHead cannot be a host'):
        with_host(
            dict(type='OCRHead', ocr_channels=4, in_channels=16, channels=8))


def test_bad_gamma_is_named(split, embeddings):
    with pytest.raises(ValueError, match='gamma must be in .* 1.5'):
        build('FCNHead', split, embeddings, gamma=1.5)


def test_class_without_a_vector_is_named(split, embeddings):
    with pytest.raises(ValueError, match='bus'):
        build('FCNHead', split, embeddings.without('bus'))
