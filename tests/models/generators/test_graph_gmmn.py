"""Graph convolutions against dense matrices, alone and in a batch."""
import pytest
import torch
from mmseg.registry import MODELS

from mmseg_zeroshot.models.generators import (
    GMMNGenerator,
    GraphGMMNGenerator,
    normalized_adjacency,
)
from mmseg_zeroshot.models.losses import mmd2

EDGES = torch.tensor([[0, 1], [0, 2], [2, 3]])
VECTORS = torch.randn(5, 3, generator=torch.Generator().manual_seed(7))


def build(module=GraphGMMNGenerator, **overrides):
    torch.manual_seed(0)
    generator = module(**dict(
        dict(embedding_dim=3, feature_dim=4, hidden_dim=6), **overrides))
    generator.init_weights()
    return generator


def test_adjacency_by_hand():
    """Degrees with self-loops are 3, 2, 3, 2, 1."""
    got = normalized_adjacency(EDGES, VECTORS).to_dense()
    a, b = 1 / 6**.5, 1 / 3
    torch.testing.assert_close(got, torch.tensor([
        [b, a, b, 0, 0],
        [a, .5, 0, 0, 0],
        [b, 0, b, a, 0],
        [0, 0, a, .5, 0],
        [0, 0, 0, 0, 1.],
    ]))


def test_context_is_the_share_of_the_graph():
    whole, none = (normalized_adjacency(EDGES, VECTORS, context).to_dense()
                   for context in (1., 0.))
    torch.testing.assert_close(none, torch.eye(5))
    torch.testing.assert_close(
        normalized_adjacency(EDGES, VECTORS, .25).to_dense(),
        .25 * whole + .75 * none)


def test_without_context_it_is_the_plain_generator():
    graph, plain = build(context=0.).eval(), build(GMMNGenerator).eval()
    noise = torch.randn(5, 8, 3)
    torch.testing.assert_close(graph(VECTORS, edges=EDGES, noise=noise),
                               plain(VECTORS, noise=noise))


@pytest.mark.parametrize('context', [-.1, 1.5, float('nan')])
def test_context_out_of_range(context):
    with pytest.raises(ValueError, match=r'context=.* must be in \[0, 1\]'):
        build(context=context)


def test_equals_the_printed_formula():
    generator = build(noise_dim=2).eval()
    noise = torch.randn(5, 7, 2)
    got = generator(VECTORS, edges=EDGES, noise=noise)
    spread = normalized_adjacency(EDGES, VECTORS).to_dense()
    for p in range(7):
        x = torch.cat([VECTORS, noise[:, p]], 1)
        hidden = torch.nn.functional.leaky_relu(
            spread @ x @ generator.hidden.weight.T + generator.hidden.bias,
            .2)
        out = (spread @ hidden @ generator.output.weight.T
               + generator.output.bias)
        torch.testing.assert_close(got[:, p], out)


@pytest.mark.parametrize('edges', [None, torch.empty(0, 2, dtype=torch.long)])
def test_without_neighbours_it_is_the_plain_generator(edges):
    graph, plain = build().eval(), build(GMMNGenerator).eval()
    assert graph.state_dict().keys() == plain.state_dict().keys()
    noise = torch.randn(5, 8, 3)
    torch.testing.assert_close(graph(VECTORS, edges=edges, noise=noise),
                               plain(VECTORS, noise=noise))


def test_graphs_of_a_batch_do_not_touch():
    generator, noise = build().eval(), torch.randn(10, 3, 3)
    both = generator(VECTORS.repeat(2, 1), noise=noise,
                     edges=torch.cat([EDGES, EDGES + 5]))
    for part in (slice(0, 5), slice(5, 10)):
        torch.testing.assert_close(
            both[part], generator(VECTORS, edges=EDGES, noise=noise[part]))


def test_a_node_sees_two_steps_far():
    generator, noise = build().eval(), torch.zeros(5, 1, 3)
    before = generator(VECTORS, edges=EDGES, noise=noise)
    changed = VECTORS.clone()
    changed[3] += 1
    moved = (generator(changed, edges=EDGES, noise=noise)
             != before).flatten(1).any(1)
    assert moved.tolist() == [True, False, True, True, False]


@pytest.mark.parametrize('nodes', [[1], [3, 0], [4], [0, 1, 2, 3, 4]])
def test_some_nodes_are_generated_as_among_all(nodes):
    generator, noise = build().eval(), torch.randn(5, 6, 3)
    every = generator(VECTORS, edges=EDGES, noise=noise)
    some = generator(VECTORS, edges=EDGES, noise=noise,
                     nodes=torch.tensor(nodes))
    torch.testing.assert_close(some, every[nodes])
    some.sum().backward()
    assert generator.hidden.weight.grad.abs().sum() > 0


def test_a_node_yields_many_vectors():
    generator = build().eval()
    features = generator(VECTORS, 9, edges=EDGES)
    assert features.shape == (5, 9, 4)
    assert len(features.flatten(0, 1).unique(dim=0)) == 45


def test_trains_on_what_depends_on_the_neighbour():
    """Nodes of one class: two kinds of features, told by the neighbour."""
    generator = MODELS.build(dict(
        type='GraphGMMNGenerator', embedding_dim=3, feature_dim=2,
        hidden_dim=16, noise_dim=1, dropout=0.))
    generator.init_weights()
    vectors = torch.eye(3)[[0, 1, 0, 2]]
    edges = torch.tensor([[0, 1], [2, 3]])
    target = torch.tensor([[2., 0], [-2., 0]])
    optimizer = torch.optim.Adam(generator.parameters(), .02)
    for _ in range(150):
        real = target[:, None] + .1 * torch.randn(2, 16, 2)
        made = generator(vectors, 16, edges=edges)[[0, 2]]
        optimizer.zero_grad()
        mmd2(real, made, (.5, 1., 2.)).sum().backward()
        optimizer.step()
    made = generator(vectors, 100, edges=edges)[[0, 2]].mean(1)
    assert (made - target).abs().max() < .5


def test_finite_under_autocast():
    generator = build()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        made = generator(VECTORS, 4, edges=EDGES)
        loss = mmd2(torch.randn(5, 4, 4), made).sum()
    loss.backward()
    assert all(p.grad.isfinite().all() for p in generator.parameters())


@pytest.mark.parametrize('edges, what', [
    (torch.zeros(3, 3, dtype=torch.long), r'\(3, 3\)'),
    (torch.zeros(2, dtype=torch.long), r'\(2,\)'),
    (torch.zeros(1, 2), 'float32'),
])
def test_edges_that_are_none(edges, what):
    with pytest.raises(ValueError, match=f'pairs of nodes .*{what}'):
        build()(VECTORS, 2, edges=edges)


def test_an_edge_to_a_node_that_is_not_there():
    with pytest.raises(RuntimeError, match='size'):
        build()(VECTORS, 2, edges=torch.tensor([[0, 5]]))


def test_class_vectors_of_another_width():
    with pytest.raises(ValueError, match='class vectors of shape'):
        build()(VECTORS[:, :2], 2, edges=EDGES)
