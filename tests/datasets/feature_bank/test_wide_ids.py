"""Feature banks of more than 255 classes."""
import numpy as np
import pytest
import torch

from mmseg_zeroshot.datasets.feature_bank.graphs import image_graph
from mmseg_zeroshot.datasets.feature_bank.pixels import choose_pixels
from mmseg_zeroshot.semantics import ClassSplit

NAMES = [f'class {i}' for i in range(600)]
SPLIT = ClassSplit(NAMES, [NAMES[44], NAMES[300]])


def choose(labels):
    features = torch.arange(labels.numel()).float().view(1, *labels.shape[1:])
    return choose_pixels(features, labels, split=SPLIT, max_vectors=9,
                         rng=np.random.default_rng(0), name='a.png')


def test_pixels_keep_their_ids():
    labels = torch.tensor([[[1, 257, 65535], [556, 255, 255]]])
    chosen = choose(labels)
    assert chosen.class_ids.tolist() == [1, 255, 255, 257, 556]
    assert chosen.features[:, 0].tolist()[:1] == [0]
    assert chosen.features[3:, 0].tolist() == [1, 3]
    assert np.flatnonzero(chosen.pixel_counts).tolist() == [1, 255, 257, 556]


@pytest.mark.parametrize('class_id, what', [
    (300, "unseen or ignored class 'class 300'"), (600, 'id 600')])
def test_ids_that_must_not_be_there(class_id, what):
    with pytest.raises(ValueError, match=what):
        choose(torch.tensor([[[1, class_id]]]))


def test_graphs_keep_ids():
    labels = torch.tensor([[[1, 257, 65535], [1, 257, 255]]])
    graph = image_graph(torch.zeros(2, 2, 3), labels, min_pixels=1, pixels=0,
                        rng=np.random.default_rng(0), ignore_index=65535)
    assert graph.nodes[:, 0].tolist() == [1, 257, 255]
