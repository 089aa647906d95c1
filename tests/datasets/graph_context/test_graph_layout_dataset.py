"""Steps of the classifier with graph context."""
import numpy as np
import pytest
import torch
from mmseg.registry import DATASETS
from PIL import Image

from mmseg_zeroshot.datasets import FeatureBankDataset, GraphLayoutDataset

from .graph_fakes import SPLIT, WORDS, build_graphs

COW, CAR = SPLIT.unseen_ids


@pytest.fixture(scope='module')
def bank(tmp_path_factory):
    return build_graphs(tmp_path_factory.mktemp('layouts'))


def make(bank, **options):
    return GraphLayoutDataset(bank, SPLIT, length=20, **{
        'embeddings': WORDS, 'num_layouts': 7, **options})


@pytest.fixture
def sketches(tmp_path):
    labels = np.full((100, 60), 1, np.uint8)
    labels[50:, :30], labels[50:, 30:] = COW, CAR
    Image.fromarray(labels).save(tmp_path / 'sketch.png')
    return tmp_path


def test_real_features_and_layouts(bank):
    item = make(bank, num_vectors=6)[4]
    plain = FeatureBankDataset(bank, SPLIT, num_vectors=6, length=20)[4]
    assert set(item) == {*plain, 'node_classes', 'edges'}
    for name, value in plain.items():
        assert torch.equal(item[name], value)
    counts = torch.bincount(item['node_classes'], minlength=6)
    # Seven layouts, the two unseen classes in turn, one node renamed each.
    assert sorted(counts[[COW, CAR]].tolist()) == [3, 4]
    assert item['edges'].max() < len(item['node_classes'])
    joined = item['node_classes'][item['edges']]
    assert (joined[:, 0] != joined[:, 1]).all()


def test_an_item_depends_on_seed_and_index_alone(bank):
    first, again = make(bank)[3], make(bank)[3]
    assert all(torch.equal(first[name], again[name]) for name in first)
    other = make(bank, seed=1)[3]
    assert not torch.equal(first['features'], other['features'])


def test_layouts_of_ones_own(bank, sketches):
    dataset = DATASETS.build(dict(
        type='GraphLayoutDataset', bank=str(bank), split=SPLIT.to_dict(),
        layouts=str(sketches), num_layouts=3, length=5))
    item = dataset[0]
    assert item['node_classes'].tolist() == [1, COW, CAR] * 3
    assert dataset.metainfo['layouts'] == 'label maps'
    assert make(bank).metainfo['layouts'] == 'strict'


def test_label_maps_are_as_coarse_as_the_bank(bank, sketches):
    """100x60 at the bank's longest side, 10: halves of 5x3 and 15 pixels."""
    make(bank, layouts=str(sketches), min_pixels=15)
    with pytest.raises(ValueError, match='cow, car'):
        make(bank, layouts=str(sketches), min_pixels=16)
    make(bank, layouts=str(sketches), min_pixels=16, side=100)


@pytest.mark.parametrize('options, what', [
    (dict(embeddings=None), "layouts='strict' .*`embeddings`"),
    (dict(num_layouts=1), 'num_layouts .*>= 2, got 1'),
    (dict(side=1), 'side .*>= 2, got 1'),
    (dict(min_pixels=0), 'min_pixels .*>= 1, got 0'),
    (dict(neighbors=9), 'neighbors=9'),
])
def test_wrong_arguments(bank, options, what):
    with pytest.raises(ValueError, match=what):
        make(bank, **options)
