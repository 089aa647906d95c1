"""Batches of graphs on their way to the head."""
import pytest
import torch
from mmseg.registry import MODELS

from mmseg_zeroshot.models import FeatureSets, GraphSets


@pytest.fixture
def preprocessor():
    return MODELS.build(dict(type='GraphDataPreProcessor'))


def graphs(**more):
    return dict(node_classes=torch.tensor([[2, 0]]),
                edges=torch.tensor([[[0, 1]]]), **more)


def test_graphs_with_node_features(preprocessor):
    given = torch.randn(1, 2, 3, 4).half()
    batch = preprocessor(graphs(node_features=given), True)
    sets = batch['inputs']
    assert isinstance(sets, GraphSets) and batch['data_samples'] is None
    assert sets.node_classes.tolist() == [2, 0]
    assert sets.edges.tolist() == [[0, 1]]
    assert sets.edges.dtype == torch.int64
    assert sets.node_features.dtype == torch.float32
    torch.testing.assert_close(sets.node_features, given[0].float())
    assert sets.features is None


def test_layouts_with_real_features(preprocessor):
    sets = preprocessor(graphs(
        features=torch.ones(1, 1, 5, 4).half(), class_ids=torch.tensor([[3]]),
        frequency=torch.ones(1, 1)))['inputs']
    assert sets.features.shape == (1, 5, 4)
    assert sets.class_ids.tolist() == [3]
    assert sets.node_features is None


def test_other_batches_are_what_they_were(preprocessor):
    batch = preprocessor(dict(
        features=torch.ones(1, 1, 5, 4).half(), class_ids=torch.tensor([[3]]),
        frequency=torch.ones(1, 1)))
    assert isinstance(batch['inputs'], FeatureSets)


def test_several_steps_at_once(preprocessor):
    with pytest.raises(ValueError, match='batch_size=2'):
        preprocessor(dict(node_classes=torch.zeros(2, 3),
                          edges=torch.zeros(2, 1, 2)))
