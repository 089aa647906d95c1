"""Steps of graphs: balanced, repeatable, as the bank has them."""
import numpy as np
import pytest
import torch
from mmengine.runner import Runner
from mmseg.registry import DATASETS

from mmseg_zeroshot.datasets import GraphBankDataset
from mmseg_zeroshot.datasets.graph_context.graph_bank_dataset import (
    draw_graphs,
)

from .graph_fakes import SPLIT, build_graphs


@pytest.fixture(scope='module')
def bank(tmp_path_factory):
    return build_graphs(tmp_path_factory.mktemp('graphs'))


def make(bank, **options):
    return GraphBankDataset(bank, SPLIT, length=50, **options)


def test_an_item_is_a_batch_of_graphs(bank):
    dataset = DATASETS.build(dict(
        type='GraphBankDataset', bank=str(bank), split=SPLIT.to_dict(),
        num_graphs=6, length=9))
    assert len(dataset) == 9
    item = dataset[3]
    nodes, edges = item['node_classes'], item['edges']
    assert item['node_features'].shape == (len(nodes), 3, 4)
    assert item['node_features'].dtype == torch.float16
    assert nodes.dtype == edges.dtype == torch.int64
    # The fakes' first channel is the label, their second the image.
    assert (item['node_features'][:, :, 0] == nodes[:, None]).all()
    image = item['node_features'][:, 0, 1]
    assert (image[edges[:, 0]] == image[edges[:, 1]]).all()
    assert (nodes[edges[:, 0]] != nodes[edges[:, 1]]).all()
    assert set(nodes.tolist()) == {0, 1, 2}  # dogs are in one image of ten


def test_the_mean_is_of_the_region(bank):
    pixels = make(bank)[2]['node_features'].float()
    mean = make(bank, node_features='mean')[2]['node_features'].float()
    assert mean.shape == (len(pixels), 1, 4)
    torch.testing.assert_close(mean[..., :2], pixels[:, :1, :2])
    assert not torch.equal(mean[:, 0, 2], pixels[:, 0, 2])  # noise


def test_items_depend_on_seed_and_index_alone(bank):
    def nodes(index, **options):
        return make(bank, **options)[index]['node_features']
    assert torch.equal(nodes(5), nodes(5))
    assert not torch.equal(nodes(5)[:9], nodes(6)[:9])
    assert not torch.equal(nodes(5)[:9], nodes(5, seed=1)[:9])


def test_loads_as_a_step(bank):
    loader = Runner.build_dataloader(dict(
        batch_size=1, num_workers=0,
        sampler=dict(type='InfiniteSampler', shuffle=False),
        collate_fn=dict(type='default_collate'), dataset=make(bank)), seed=2)
    batch = next(iter(loader))
    assert batch['edges'].shape[::2] == (1, 2)
    assert torch.equal(batch['node_classes'][0], make(bank)[0]['node_classes'])


def test_metainfo_is_the_banks(bank):
    meta = make(bank).metainfo
    assert meta['split'] == SPLIT.to_dict() and meta['split_mode'] == 'drop'
    assert 'layouts' not in meta


def test_every_class_takes_its_turn():
    rng = np.random.default_rng(0)
    holding = [np.array([1, 2]), np.array([8]), np.array([3, 4, 5])]
    drawn = draw_graphs(holding, 300, rng)
    assert (drawn == 8).sum() == 100
    assert np.isin(drawn, [1, 2]).sum() == 100
    assert len(set(drawn.tolist())) == 6
    assert draw_graphs(holding, 2, rng).shape == (2, )


@pytest.mark.parametrize('options, what', [
    (dict(num_graphs=0), 'num_graphs .*>= 1, got 0'),
    (dict(node_features='median'), "node_features .*got 'median'"),
])
def test_wrong_arguments(bank, options, what):
    with pytest.raises(ValueError, match=what):
        make(bank, **options)


def test_pixels_that_the_bank_does_not_keep(tmp_path):
    bank = build_graphs(tmp_path, pixels=0)
    with pytest.raises(ValueError, match="node_features='mean'"):
        make(bank)
    assert make(bank, node_features='mean')[0]


def test_an_index_that_is_not_there(bank):
    with pytest.raises(IndexError):
        make(bank)[50]
