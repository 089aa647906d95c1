"""Graphs put side by side."""
import numpy as np
import pytest

from mmseg_zeroshot.datasets.feature_bank.graph_list import GraphList

ONE = (np.array([4, 2, 2]), np.array([[0, 1], [0, 2]]))
TWO = (np.array([7]), np.zeros((0, 2), int))
THREE = (np.array([2, 4]), np.array([[0, 1]]))


@pytest.fixture
def graphs():
    return GraphList.of([ONE, TWO, THREE])


def test_graphs_are_shifted_past_each_other(graphs):
    batch = graphs.take([2, 0, 1, 2])
    assert batch.node_classes.tolist() == [2, 4, 4, 2, 2, 7, 2, 4]
    assert batch.edges.tolist() == [[0, 1], [2, 3], [2, 4], [6, 7]]
    assert batch.rows.tolist() == [4, 5, 0, 1, 2, 3, 4, 5]
    assert batch.edges.dtype == np.int64


def test_a_batch_is_a_copy(graphs):
    graphs.take([0]).node_classes[:] = 99
    assert graphs.take([0]).node_classes.tolist() == [4, 2, 2]


def test_which_graphs_hold_a_class(graphs):
    assert len(graphs) == 3
    assert graphs.holding([2]).tolist() == [0, 2]
    assert graphs.holding([7, 4]).tolist() == [0, 1, 2]
    assert graphs.holding([3]).tolist() == []
    assert graphs.counts(8).tolist() == [0, 0, 3, 0, 2, 0, 0, 1]


def test_no_graph_at_all():
    graphs = GraphList.of([])
    assert len(graphs) == 0 and graphs.holding([1]).tolist() == []


@pytest.mark.parametrize('edges, ends', [
    ([[0, 3]], [[3, 1]]),  # no such node
    ([[0, 1]], [[3, 2]]),  # one edge too few
    ([[0, 1]], [[2, 1]]),  # one node too many
    ([[-1, 1]], [[3, 1]]),
    ([[0, 1]], [[4, 1], [3, 1]]),  # backwards
])
def test_arrays_that_do_not_fit(edges, ends):
    with pytest.raises(ValueError, match='do not fit together'):
        GraphList(np.array([1, 2, 3]), np.array(edges), np.array(ends))
