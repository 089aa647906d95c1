"""ZS3Net as released: what it trains on, by hand, and what it refuses."""
import pytest
import torch
from torch import nn

from mmseg_zeroshot import mmd2
from mmseg_zeroshot.models import ReleasedRetrainedHead
from mmseg_zeroshot.models.losses import RELEASED_BANDWIDTHS

from .hosts import feature_shapes, host_config

BUS = 3  # the unseen class of the shared split
GMMN = dict(type='GMMNGenerator', hidden_dim=16,
            loss=dict(type='MMDLoss', reading='released'))


@pytest.fixture
def make(split, embeddings):
    def build(**kwargs):
        torch.manual_seed(0)
        head = ReleasedRetrainedHead(
            host_config('FCNHead'), split=split, embeddings=embeddings,
            **{'generator': GMMN, 'stage': 'joint', 'num_vectors': 16,
               **kwargs})
        head.init_weights()
        return head.eval()

    return build


@pytest.fixture
def maps() -> list[torch.Tensor]:
    torch.manual_seed(1)
    return [torch.randn(shape) for shape in feature_shapes('FCNHead')]


def small_labels(samples) -> torch.Tensor:
    """Label maps at the 4 x 4 pixels of the features."""
    return torch.stack([s.gt_sem_seg.data[0, ::8, ::8] for s in samples])


def entropy(head, pixels, labels) -> torch.Tensor:
    """Cross-entropy of (N, C, h, w); the ignored class (4) is out of it."""
    logits = nn.functional.conv2d(
        pixels, head.classifier.weight, head.classifier.bias)[:, :4]
    weight = torch.tensor([1., 1., 1., 100.])
    return nn.functional.cross_entropy(
        logits, labels, weight, ignore_index=255)


def test_images_of_seen_classes_keep_their_features(make, maps, samples):
    head = make()
    labels = small_labels(samples)
    losses = head.loss(maps, samples, {})
    torch.testing.assert_close(
        losses['loss_classifier'],
        entropy(head, head.pixel_features(maps), labels))


def test_true_masks_lay_out_generated_features(make, maps, samples,
                                               monkeypatch):
    """The whole image is replaced where it shows an unseen class."""
    samples[1].gt_sem_seg.data[0, 16:, 16:] = BUS
    head = make()
    monkeypatch.setattr(head, 'generate', lambda ids, num: torch.full(
        (len(ids), num, 8), float(ids[0])))
    labels = small_labels(samples)
    pixels = head.pixel_features(maps).detach().clone()
    generated = labels[1].clone().float()[None].expand(8, -1, -1)
    pixels[1] = torch.where(labels[1] == 255, pixels[1], generated)
    loss = head._entropy_of_images(
        head.pixel_features(maps).detach(), labels,
        torch.tensor([False, True]))
    torch.testing.assert_close(loss, entropy(head, pixels, labels))


def test_images_of_unseen_classes_do_not_train_the_generator(
        make, maps, samples):
    for sample in samples:
        sample.gt_sem_seg.data[0, 16:, 16:] = BUS
    head = make()
    losses = head.loss(maps, samples, {})
    assert losses['loss_no_seen_image'] == 0 and 'loss_mmd' not in losses
    sum(losses.values()).backward()
    assert all(p.grad.abs().sum() == 0 for p in head.generator.parameters())
    assert head.classifier.weight.grad[BUS].abs().sum() > 0


def test_the_generator_learns_per_image_and_class(make, maps, samples,
                                                  monkeypatch):
    for sample, class_id in zip(samples, (1, 2)):
        sample.gt_sem_seg.data[:] = class_id
    head = make()
    features = head.pixel_features(maps).detach()
    # One pixel an image: what is drawn is known.
    features[:] = features[:, :, :1, :1]
    monkeypatch.setattr(head, 'pixel_features', lambda inputs: features)
    asked = []

    def generate(vectors, num):
        asked.append((vectors, num))
        return torch.ones(len(vectors), num, 8)

    monkeypatch.setattr(head.generator, 'forward', generate)
    value = head.loss(maps, samples, {})['loss_mmd']
    (vectors, num), = asked
    assert torch.equal(vectors, head.class_vectors[[1, 2]]) and num == 16
    real = features[:, :, 0, 0, None].transpose(1, 2).expand(-1, 16, -1)
    expected = mmd2(real, torch.ones(2, 16, 8), RELEASED_BANDWIDTHS)
    torch.testing.assert_close(value, expected.sqrt().mean())


def test_nothing_labelled_costs_nothing(make, maps, samples):
    for sample in samples:
        sample.gt_sem_seg.data[:] = 255
    losses = make().loss(maps, samples, {})
    sum(losses.values()).backward()
    assert sum(losses.values()) == 0


@pytest.mark.parametrize('value', [float('nan'), float('inf')])
def test_broken_features_stop_the_training(make, maps, samples, value):
    for features in maps:
        features[1] = value  # the second image alone
    with pytest.raises(ValueError, match='NaN or infinite.*load_from'):
        make().loss(maps, samples, {})


def test_the_classifier_starts_from_uniform_numbers(make):
    head = make()
    plain = head.host.state_dict()
    plain['conv_seg.weight'] = torch.full((5, 8, 1, 1), 7.)
    plain['conv_seg.bias'] = torch.full((5, ), 7.)
    head.load_state_dict(plain, strict=False)
    for numbers in (head.classifier.weight, head.classifier.bias):
        assert numbers.min() >= 0 and numbers.max() < 1
        assert len(numbers.unique()) == numbers.numel()


def test_loss_of_the_generator_has_its_own_name(make, maps, samples):
    head = make(generator=dict(
        GMMN, loss=dict(type='MMDLoss', loss_name='loss_generator')))
    assert set(head.loss(maps, samples, {})) == {
        'loss_generator', 'loss_classifier'}


def test_any_generator_may_be_trained_so(make, maps, samples):
    head = make(generator=dict(type='WGANGenerator', hidden_dim=16))
    losses = head.loss(maps, samples, {})
    assert {'loss_critic', 'loss_adversarial', 'loss_classifier'} < set(losses)
    sum(losses.values()).backward()
    assert all(p.grad is not None for p in head.generator.parameters())


@pytest.mark.parametrize('kwargs, error, message', [
    (dict(stage='classifier'), ValueError, r"take one of \('joint',\)"),
    (dict(unseen_prior=.1), TypeError, 'unseen_prior'),
    (dict(frequency_power=.5), TypeError, 'frequency_power'),
    (dict(recursion=dict(type='ZSMMDLoss')), TypeError, 'recursion'),
    (dict(unseen_weight=0.), ValueError, 'unseen_weight=0.0.* positive'),
])
def test_what_it_has_no_place_for(make, kwargs, error, message):
    with pytest.raises(error, match=message):
        make(**kwargs)
