"""The head that learns from graphs: stages, values, what it refuses."""
import pytest
import torch
from torch import nn

from mmseg_zeroshot.models import GraphRetrainedHead, GraphSets
from mmseg_zeroshot.models.graph_sets import draw_by_class
from mmseg_zeroshot.models.losses import mmd2

from .hosts import host_config

GRAPH = dict(type='GraphGMMNGenerator', hidden_dim=16)
EDGES = torch.tensor([[0, 1], [1, 2], [3, 4]])


@pytest.fixture
def make(split, embeddings):
    def build(stage='generator', **kwargs):
        torch.manual_seed(0)
        head = GraphRetrainedHead(
            host_config('FCNHead'), split=split, embeddings=embeddings,
            generator=kwargs.pop('generator', GRAPH), stage=stage,
            **{'num_vectors': 16, **kwargs})
        head.init_weights()
        return head

    return build


@pytest.fixture
def real():
    """Five nodes of three seen classes, four pixels each."""
    generator = torch.Generator().manual_seed(0)
    return GraphSets(
        torch.tensor([0, 1, 2, 0, 1]), EDGES,
        node_features=torch.randn(5, 4, 8, generator=generator))


@pytest.fixture
def layouts():
    """Real sets of three seen classes; layouts with the unseen class 3."""
    generator = torch.Generator().manual_seed(0)
    return GraphSets(
        torch.tensor([0, 3, 2, 3, 1]), EDGES,
        features=torch.randn(3, 16, 8, generator=generator),
        class_ids=torch.tensor([0, 1, 2]),
        frequency=torch.tensor([.7, .2, .1]))


def touched(head):
    return {name.split('.')[0] for name, p in head.named_parameters()
            if p.grad is not None and p.grad.abs().sum() > 0}


def test_the_generator_learns_alone(make, real):
    head = make()
    losses = head.loss_of_sets(real)
    assert set(losses) == {'loss_mmd'}
    losses['loss_mmd'].backward()
    assert touched(head) == {'generator'}


def test_mmd_is_per_class_over_nodes(make, real, split):
    """With as many vectors as there are, the draw is a permutation."""
    head = make().eval()
    torch.manual_seed(1)
    loss = head.loss_of_sets(real)['loss_mmd']
    torch.manual_seed(1)
    made = head.generator(head.class_vectors[real.node_classes], 4,
                          edges=EDGES)
    values = [
        mmd2(real.node_features[nodes].flatten(0, 1)[None],
             made[nodes].flatten(0, 1)[None])
        for nodes in ([0, 3], [1, 4], [2])]
    torch.testing.assert_close(loss, torch.cat(values).mean())


def test_the_classifier_learns_alone(make, layouts):
    head = make('classifier')
    losses = head.loss_of_sets(layouts)
    losses['loss_classifier'].backward()
    assert touched(head) == {'classifier'}
    assert set(losses) == {'loss_classifier', 'acc_seen', 'acc_generated'}


def test_unseen_features_come_from_unseen_nodes(make, layouts):
    head = make('classifier', vectors_per_node=3).eval()
    torch.manual_seed(2)
    unseen = head._unseen_features(layouts)
    assert unseen.shape == (1, 6, 8)  # two nodes, three vectors each
    torch.manual_seed(2)
    made = head.generator(head.class_vectors[layouts.node_classes], 3,
                          edges=EDGES)[[1, 3]].flatten(0, 1)
    # In some order, and rounded as a product of fewer rows is.
    distances = torch.cdist(unseen[0], made)
    assert sorted(distances.argmin(1).tolist()) == list(range(6))
    assert distances.amin(1).max() < 1e-4


@pytest.mark.parametrize('num_vectors, expected', [(4, 2), (5, 3), (99, 16)])
def test_nodes_yield_no_more_than_a_class_needs(make, layouts, num_vectors,
                                                expected):
    """Two nodes of the one unseen class."""
    head = make('classifier', num_vectors=num_vectors)
    head.generator.forward = lambda vectors, num, **_: torch.zeros(2, num, 8)
    assert head._unseen_features(layouts).shape == (
        1, min(num_vectors, 2 * expected), 8)


def test_the_neighbours_matter(make, layouts):
    head = make('classifier').eval()
    features = []
    for neighbour in (0, 2):
        classes = torch.tensor([neighbour, 3, 2, 3, 1])
        torch.manual_seed(2)
        features.append(head._unseen_features(
            layouts._replace(node_classes=classes)))
    assert not torch.allclose(*features)


def test_the_prior_weighs_as_without_graphs(make, layouts):
    head = make('classifier', unseen_prior=.25).eval()
    torch.manual_seed(3)
    loss = head.loss_of_sets(layouts)['loss_classifier']
    torch.manual_seed(3)
    unseen = head._unseen_features(layouts)
    weight, bias = head.classifier.weight.flatten(1), head.classifier.bias

    def entropy(features, label):
        logits = nn.functional.linear(features, weight, bias)[:, :4]
        return nn.functional.cross_entropy(
            logits, torch.full((len(features), ), label))
    seen = sum(f * entropy(layouts.features[i], i)
               for i, f in enumerate((.7, .2, .1)))
    torch.testing.assert_close(loss, .75 * seen + .25 * entropy(unseen[0], 3))


def test_draws_are_even():
    classes = torch.tensor([5, 7, 5, 5])
    rows = draw_by_class(classes, [7, 5], 2, 100)
    assert rows.shape == (2, 6)
    # Three times the two vectors of the node of class 7; all of class 5.
    assert torch.bincount(rows[0]).tolist() == [0, 0, 3, 3]
    assert sorted(rows[1].tolist()) == [0, 1, 4, 5, 6, 7]
    assert draw_by_class(classes, [5], 2, 4).shape == (1, 4)
    # One vector is no set: it comes twice.
    assert draw_by_class(torch.tensor([5]), [5], 1, 100).tolist() == [[0, 0]]


def test_a_class_without_a_node():
    with pytest.raises(ValueError, match='no node of class id 3'):
        draw_by_class(torch.tensor([5]), [5, 3], 2, 4)


@pytest.mark.parametrize('stage', ['seen', 'joint', 'self-training'])
def test_stages_that_have_no_graphs(make, stage):
    with pytest.raises(ValueError, match=(
            rf"stage='{stage}'\) is unknown: .*'generator', 'classifier'")):
        make(stage)


def test_there_is_no_recursion(make):
    with pytest.raises(TypeError, match="'recursion'"):
        make(recursion=dict(type='ZSMMDLoss'))


@pytest.mark.parametrize('kind', ['GMMNGenerator', 'WGANGenerator'])
def test_a_generator_without_graphs(make, kind):
    with pytest.raises(ValueError, match=f'got {kind}.*GraphGMMNGenerator'):
        make(generator=dict(type=kind))


def test_no_vector_of_a_node(make):
    with pytest.raises(ValueError, match='vectors_per_node=0'):
        make(vectors_per_node=0)


@pytest.mark.parametrize('stage, given, wanted', [
    ('generator', 'layouts', 'GraphBankDataset'),
    ('classifier', 'real', 'GraphLayoutDataset'),
])
def test_data_of_another_stage(make, real, layouts, stage, given, wanted):
    data = dict(real=real, layouts=layouts)[given]
    with pytest.raises(TypeError, match=f'trains on {wanted}'):
        make(stage).loss_of_sets(data)
