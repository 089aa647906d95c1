"""A classifier that learns the classes which were added to it."""
import copy
from itertools import count, repeat

import pytest
import torch

from mmseg_zeroshot.models import FeatureSets, retrain_classifier
from mmseg_zeroshot.models.segmentors import zero_shot_segmentor

from .word_models import CLASSES, RETRAINED, build, scores


class Places(torch.nn.Module):
    """A generator that is right: features are a map of the class vector."""

    def __init__(self, embedding_dim: int, feature_dim: int) -> None:
        super().__init__()
        self.map = torch.nn.Linear(embedding_dim, feature_dim)
        torch.nn.init.normal_(self.map.weight, std=1.)

    def forward(self, vectors, num):
        places = self.map(vectors)[:, None].expand(-1, num, -1)
        return places + 0.1 * torch.randn(places.shape)


def retrained_model():
    model = build(RETRAINED)
    model.decode_head.generator = Places(50, 8)
    return model


def steps(model, class_ids=(0, 1, 2)):
    """Real features are where the generator puts them."""
    head = model.decode_head
    ids = torch.tensor(class_ids)
    vectors = head.class_vectors[ids].clone()
    share = torch.full((len(ids), ), 1 / len(ids))
    generator = head.generator
    for _ in count():
        with torch.no_grad():
            features = generator(vectors, 16)
        yield FeatureSets(features, ids, share)


def decisions(model, ids) -> torch.Tensor:
    head = model.decode_head
    with torch.no_grad():
        features = head.generator(head.class_vectors[list(ids)], 32)
        maps = features.permute(2, 0, 1)[None]
        return head.classify(maps).argmax(1)[0]


def test_a_retrained_classifier_knows_the_added_class():
    model = retrained_model()
    assert model.decode_head.learns_classifier
    extractor = copy.deepcopy(model.backbone.state_dict())
    generator = copy.deepcopy(model.decode_head.generator.state_dict())
    data = steps(model)
    model.add_class('zebra', embeddings='glove-6b-50d')
    assert model.decode_head.unseen_prior == 1 / 5
    accuracy = retrain_classifier(model, data, iterations=150,
                                  learning_rate=0.05)
    assert accuracy['seen'] > 95 and accuracy['generated'] > 95
    found = decisions(model, (0, 1, 2, 3, 5))
    expected = torch.tensor([0, 1, 2, 3, 5])[:, None].expand(found.shape)
    assert (found == expected).float().mean() > 0.95
    assert not model.training
    for name, value in extractor.items():
        assert torch.equal(value, model.backbone.state_dict()[name])
    for name, value in generator.items():
        assert torch.equal(value, model.decode_head.generator.state_dict()[
            name])
    assert scores(model).shape[1] == 6


def test_a_class_that_is_not_learned_yet_is_told(monkeypatch):
    told = []
    monkeypatch.setattr(zero_shot_segmentor, 'print_log',
                        lambda text, *_: told.append(text))
    build().add_class('zebra', embeddings='glove-6b-50d')
    assert told == []  # scored by its vector
    build(RETRAINED).add_class('zebra', embeddings='glove-6b-50d')
    text, = told
    assert "not learned 'zebra' yet" in text and 'retrain_classifier' in text


def test_dropped_classes_are_left_out_of_the_training():
    model = retrained_model()
    data = steps(model)
    model.drop_classes(['person'])
    model.add_class('zebra', embeddings='glove-6b-50d')
    row = model.decode_head.classifier.weight[1].clone()
    retrain_classifier(model, data, iterations=3)
    assert torch.equal(model.decode_head.classifier.weight[1], row)
    assert not torch.equal(model.decode_head.classifier.weight[0], row)


def test_a_prior_of_one_s_own_stays():
    model = build(RETRAINED, unseen_prior=0.05)
    model.add_class('zebra', embeddings='glove-6b-50d')
    assert model.decode_head.unseen_prior == 0.05


def test_a_prior_that_leaves_nothing_is_refused_before_the_change():
    model = build(RETRAINED, unseen_prior=0.5)
    with pytest.raises(ValueError, match=r'unseen_prior=0\.5 .* 2 unseen'):
        model.add_class('zebra', embeddings='glove-6b-50d')
    assert model.decode_head.split.classes == CLASSES
    assert model.decode_head.classifier.out_channels == 5


def test_what_cannot_be_retrained():
    model = retrained_model()
    with pytest.raises(ValueError, match='no vector'):
        model.add_class('zebraa', embeddings='glove-6b-50d')
    assert model.decode_head.classifier.out_channels == 5
    graphs = build(RETRAINED, type='GraphRetrainedHead', generator=dict(
        type='GraphGMMNGenerator', hidden_dim=8))
    for name in ('zebra', 'car'):  # a new one, an ignored one
        with pytest.raises(ValueError, match='cannot be repeated here'):
            graphs.add_class(name, embeddings='glove-6b-50d')
    assert graphs.decode_head.split.classes == CLASSES
    model = retrained_model()
    model.drop_classes(['cat'])
    with pytest.raises(ValueError, match='needs unseen classes'):
        retrain_classifier(model, steps(model), iterations=1)


def test_broken_features_leave_the_weights_alone():
    model = retrained_model()
    before = model.decode_head.classifier.weight.detach().clone()
    broken = next(steps(model))
    broken.features[0, 0, 0] = float('nan')
    with pytest.raises(ValueError, match='loss is nan in step 1'):
        retrain_classifier(model, repeat(broken), iterations=3)
    assert torch.equal(model.decode_head.classifier.weight, before)
