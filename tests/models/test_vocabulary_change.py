"""Classes added to, dropped from and renamed in a trained model."""
import copy
from itertools import count

import numpy as np
import pytest
import torch
from mmengine.config import ConfigDict
from mmengine.registry import init_default_scope
from mmseg.registry import MODELS

from mmseg_zeroshot import ClassEmbeddings
from mmseg_zeroshot.models import FeatureSets
from mmseg_zeroshot.models.vocabulary_change import (
    add_classes,
    drop_classes,
    needs_training,
    rename_classes,
    retrain_classifier,
)

CLASSES = ('background', 'person', 'dog', 'cat', 'car')
HOST = dict(type='FCNHead', in_channels=8, channels=8, num_convs=1)
WORDS = dict(split=dict(classes=list(CLASSES), unseen=['cat'],
                        ignored=['car']),
             embeddings='glove-6b-50d', host=HOST)
PROJECTION = dict(type='SemanticProjectionHead', **WORDS)
RETRAINED = dict(
    type='GeneratorRetrainedHead', phase='classifier', num_vectors=16,
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


def test_an_added_class_is_scored_by_its_vector():
    model = build()
    before = scores(model)
    assert add_classes(model, ['zebra', 'traffic light'],
                       'glove-6b-50d') == ('zebra', 'traffic light')
    after = scores(model)
    assert after.shape[1] == 7
    assert torch.equal(after[:, :5], before)
    head = model.decode_head
    with torch.no_grad():
        fresh = build(split=dict(
            classes=[*CLASSES, 'zebra', 'traffic light'],
            unseen=['cat', 'zebra', 'traffic light'], ignored=['car']))
    torch.testing.assert_close(head.class_vectors,
                               fresh.decode_head.class_vectors)
    assert head.split.unseen == ('cat', 'zebra', 'traffic light')
    assert (model.num_classes, model.out_channels) == (7, 7)
    assert model.dataset_meta['classes'] == head.split.classes
    palette = model.dataset_meta['palette']
    assert len(palette) == 7 and palette[5] != palette[6]
    assert not needs_training(model)


def test_an_ignored_class_is_taken_back_under_its_id():
    model = build()
    assert scores(model)[:, 4].max() == -1e4
    assert add_classes(model, ['Car'], 'no such table') == ('car', )
    after = scores(model)
    assert after.shape[1] == 5 and after[:, 4].min() > -1e4
    assert model.decode_head.split.ignored == ()
    assert model.decode_head.split.unseen == ('cat', 'car')


def test_a_dropped_class_cannot_win_and_ids_stay():
    model = build()
    before = scores(model)
    assert drop_classes(model, ['Person', 'cat']) == ('person', 'cat')
    after = scores(model)
    assert (after[:, [1, 3, 4]] == -1e4).all()
    assert torch.equal(after[:, [0, 2]], before[:, [0, 2]])
    assert set(after.argmax(1).unique().tolist()) <= {0, 2}
    assert model.decode_head.split.classes == CLASSES


def test_a_renamed_class_keeps_its_scores():
    model = build()
    before = scores(model)
    rename_classes(model, {'cat': 'kitten', 'person': 'human'})
    assert torch.equal(scores(model), before)
    split = model.decode_head.split
    assert split.classes == ('background', 'human', 'dog', 'kitten', 'car')
    assert (split.unseen, split.ignored) == (('kitten', ), ('car', ))
    assert model.dataset_meta['classes'] == split.classes
    assert model.decode_head.class_embeddings.classes == split.classes


@pytest.mark.parametrize('change, message', [
    (lambda m: add_classes(m, ['dog'], 'glove-6b-50d'), "'dog' is there"),
    (lambda m: add_classes(m, ['zebraa'], 'glove-6b-50d'),
     'no vector.*nearest known names are: zebra'),
    (lambda m: drop_classes(m, ['dgo']), "unknown class 'dgo'.*dog"),
    (lambda m: rename_classes(m, {'dog': 'cat'}), 'duplicate class'),
    (lambda m: rename_classes(m, {'doog': 'x'}), 'unknown class'),
    (lambda m: drop_classes(m, CLASSES[:3]), 'no seen class'),
])
def test_changes_that_cannot_be(change, message):
    model = build()
    before = scores(model)
    with pytest.raises(ValueError, match=message):
        change(model)
    assert torch.equal(scores(model), before)
    assert model.decode_head.split.classes == CLASSES


def test_vectors_of_another_table_are_refused(tmp_path):
    own = build().decode_head.class_embeddings
    rng = np.random.default_rng(0)
    path = tmp_path / 'other.npz'
    other = rng.normal(size=(3, 50)).astype(np.float32)
    ClassEmbeddings(('dog', 'cat', 'zebra'), other).save(path)
    with pytest.raises(ValueError, match="not those.*'dog' has width 50"):
        add_classes(build(), ['zebra'], str(path))
    ClassEmbeddings(('dog', 'zebra'), other[:2, :7]).save(path)
    with pytest.raises(ValueError, match='width 7 and cosine 0.00'):
        add_classes(build(), ['zebra'], str(path))
    # One word in another spelling may differ.
    same = own.select(['dog']).vectors
    ClassEmbeddings(('cat', 'dog', 'zebra'), np.concatenate(
        [other[:1], same, other[2:]])).save(path)
    model = build()
    add_classes(model, ['zebra'], str(path))
    expected = other[2] / np.linalg.norm(other[2])
    np.testing.assert_allclose(
        model.decode_head.class_vectors[5], expected, atol=1e-6)


def test_a_plain_head_has_no_vocabulary():
    init_default_scope('mmseg')
    model = MODELS.build(dict(MODEL, type='EncoderDecoder',
                              decode_head=dict(HOST, num_classes=5)))
    with pytest.raises(ValueError, match='FCNHead is no zero-shot head'):
        add_classes(model, ['zebra'], 'glove-6b-50d')


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
    """Real features lie where the generator puts them."""
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
    assert needs_training(model)
    extractor = copy.deepcopy(model.backbone.state_dict())
    generator = copy.deepcopy(model.decode_head.generator.state_dict())
    data = steps(model)
    add_classes(model, ['zebra'], 'glove-6b-50d')
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


def test_dropped_classes_are_left_out_of_the_training():
    model = retrained_model()
    data = steps(model)
    drop_classes(model, ['person'])
    add_classes(model, ['zebra'], 'glove-6b-50d')
    row = model.decode_head.classifier.weight[1].clone()
    retrain_classifier(model, data, iterations=3)
    assert torch.equal(model.decode_head.classifier.weight[1], row)
    assert not torch.equal(model.decode_head.classifier.weight[0], row)


def test_a_prior_of_one_s_own_stays():
    model = build(RETRAINED, unseen_prior=0.05)
    add_classes(model, ['zebra'], 'glove-6b-50d')
    assert model.decode_head.unseen_prior == 0.05


def test_what_cannot_be_retrained():
    model = retrained_model()
    with pytest.raises(ValueError, match='no vector'):
        add_classes(model, ['zebraa'], 'glove-6b-50d')
    assert model.decode_head.classifier.out_channels == 5
    model.decode_head.generator.takes_graphs = True
    with pytest.raises(ValueError, match='cannot be repeated here'):
        add_classes(model, ['zebra'], 'glove-6b-50d')
    model = retrained_model()
    drop_classes(model, ['cat'])
    with pytest.raises(ValueError, match='no unseen class'):
        retrain_classifier(model, steps(model), iterations=1)
