"""Labels at the resolution of features."""
import numpy as np
import pytest
import torch

from mmseg_zeroshot.datasets.feature_bank.graphs import image_graph
from mmseg_zeroshot.datasets.feature_bank.pixels import choose_pixels
from mmseg_zeroshot.models.feature_sets import gather_feature_sets
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.label_maps import labels_at_features


def test_labels_take_the_nearest_pixel():
    labels = torch.arange(16).view(1, 1, 4, 4)
    assert labels_at_features(labels, (2, 2)).tolist() == [[[0, 2], [8, 10]]]


@pytest.mark.parametrize('size', [(5, 7), (3, 4), (1, 1), (10, 14)])
def test_no_id_is_mixed_from_others(size):
    labels = torch.tensor([0, 255, 17])[torch.randint(3, (2, 5, 7))]
    found = labels_at_features(labels, size)
    assert found.shape == (2, *size) and found.dtype == torch.int64
    assert set(found.unique().tolist()) <= {0, 17, 255}


def test_labels_at_their_own_size_stay_as_they_are():
    labels = torch.randint(0, 256, (3, 6, 5), dtype=torch.uint8)
    assert torch.equal(labels_at_features(labels, (6, 5)), labels.long())


@pytest.mark.parametrize('shape', [(4, 4), (1, 3, 4, 4), (1, 1, 1, 4, 4)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match='labels must be'):
        labels_at_features(torch.zeros(shape), (2, 2))


def test_bank_graphs_and_heads_see_the_same_labels():
    """A feature that is its own label comes back beside that label."""
    split = ClassSplit(['sky', 'cat', 'dog', 'cow'], unseen=['cow'])
    labels = torch.randint(0, 3, (1, 19, 23))
    small = labels_at_features(labels, (5, 6))
    features = small.float()
    rng = np.random.default_rng(0)

    chosen = choose_pixels(features, labels, split=split, max_vectors=99,
                           rng=rng, name='x')
    assert chosen.features[:, 0].tolist() == chosen.class_ids.tolist()
    assert len(chosen.class_ids) == 5 * 6
    graph = image_graph(features, labels, min_pixels=1, pixels=2, rng=rng)
    classes = graph.nodes[:, 0]
    assert np.array_equal(graph.features[..., 0],
                          np.repeat(classes[:, None], 3, 1))
    sets = gather_feature_sets(features[None], labels, 4)
    assert torch.equal(sets.features[..., 0].long(),
                       sets.class_ids[:, None].expand(-1, 4))
