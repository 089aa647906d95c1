"""Graphs of a bank: their figures, resuming, and what is refused."""
import json
import os
import shutil

import numpy as np
import pytest
import torch

from mmseg_zeroshot.datasets.feature_bank.bank import FeatureBank
from mmseg_zeroshot.datasets.feature_bank.builder import build_feature_bank
from mmseg_zeroshot.datasets.feature_bank.graph_reader import BankGraphs
from mmseg_zeroshot.datasets.feature_bank.graphs import (
    GRAPH_FILES,
    image_graph,
)

from . import fakes

GRAPHS = dict(min_pixels=3, pixels=2)


def build(folder, graphs=GRAPHS, make_extract=fakes.make_extract, **options):
    (folder / 'net.pth').write_bytes(b'weights')
    lines = []
    bank = build_feature_bank(
        folder / 'bank', make_dataset=fakes.FakeDataset,
        make_extract=make_extract, checkpoint=folder / 'net.pth',
        max_vectors=5, graphs=graphs, report=lines.append, **options)
    return bank, lines


def make_ending_extract(device):
    """An extractor that ends the build in its second shard."""
    calls = []

    def extract(data):
        calls.append(1)
        if len(calls) == 8:
            raise InterruptedError
        return fakes.plain_extract(data)
    return extract


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp('graphs')
    build(folder)
    return folder


@pytest.fixture
def copied(made, tmp_path):
    shutil.copytree(made / 'bank', tmp_path / 'bank')
    return tmp_path / 'bank'


def test_a_graph_by_hand():
    labels = torch.full((1, 4, 6), 255)
    labels[0, :, :2] = 1
    labels[0, :2, 2:4] = 2
    labels[0, 0, 5] = 1  # too small
    features = torch.arange(48.).reshape(2, 4, 6)
    graph = image_graph(features, labels, min_pixels=2, pixels=5,
                        rng=np.random.default_rng(0))
    assert graph.nodes.tolist() == [[1, 8], [2, 4]]
    assert graph.edges.tolist() == [[0, 1]]
    assert graph.side == 6
    assert graph.features.dtype == np.float16
    left, right = features[:, :, :2], features[:, :2, 2:4]
    # Kept as float16, whose rounding is 2 ** -11.
    for node, pixels in enumerate((left, right)):
        np.testing.assert_allclose(
            graph.features[node, 0], pixels.mean((1, 2)), rtol=2**-10)
    # Five of eight pixels, none twice; all four of four, one twice.
    drawn = graph.features[:, 1:, 0].tolist()
    assert set(drawn[0]) < set(left[0].flatten().tolist())
    assert len(set(drawn[0])) == 5
    assert set(drawn[1]) == set(right[0].flatten().tolist())


def test_labels_are_brought_to_the_features():
    labels = torch.zeros(1, 8, 8)
    labels[0, :, 4:] = 3
    graph = image_graph(torch.zeros(1, 2, 2), labels, min_pixels=1, pixels=0,
                        rng=np.random.default_rng(0))
    assert graph.nodes.tolist() == [[0, 2], [3, 2]]
    assert graph.features.shape == (2, 1, 1)


def test_graphs_of_a_built_bank(made):
    bank = FeatureBank.open(made / 'bank')
    graphs = BankGraphs(bank)
    # Sky over cats over unlabelled pixels; below, sky or dogs beside it.
    assert len(graphs) == 70
    # Three of the seven images with dogs show but two of their pixels.
    assert graphs.counts(6).tolist()[:3] == [140, 70, 4]
    assert graphs.side == 10 and graphs.pixels == 2
    numbers = np.array([3, 3, 60])
    batch = graphs.take(numbers)
    features = graphs.features(numbers, batch)
    assert features.shape == (len(batch.rows), 3, 4)
    # The first channel of the fake features is the label, the second the
    # image, in the mean and in each pixel.
    np.testing.assert_array_equal(
        features[:, :, 0], np.repeat(batch.node_classes[:, None], 3, 1))
    first = int(graphs.ends[4, 0] - graphs.ends[3, 0])
    np.testing.assert_array_equal(features[:first], features[first:2 * first])
    images = features[:, :, 1]
    assert len(np.unique(images[:first])) == 1
    assert (features[0, 0, 1] != features[-1, 0, 1]).all()
    edges = batch.edges
    assert {tuple(sorted(batch.node_classes[e])) for e in edges} <= {
        (0, 1), (0, 2)}
    assert edges.max() < len(batch.rows)


def test_graphs_leave_the_pixels_as_they_are(made, tmp_path):
    plain, _ = build(tmp_path, graphs=None)
    with_graphs = FeatureBank.open(made / 'bank')
    assert 'graphs' not in plain.stamp
    np.testing.assert_array_equal(plain.features, with_graphs.features)
    assert not (tmp_path / 'bank' / 'graph_nodes.npy').exists()


def test_a_bank_with_graphs_serves_without(made):
    _, lines = build(made, graphs=None)
    assert 'up to date' in lines[-1]
    _, lines = build(made)
    assert 'up to date' in lines[-1]
    with pytest.raises(ValueError, match=r'graphs is \{.*instead of \{.*7'):
        build(made, graphs=dict(GRAPHS, min_pixels=7))


def test_a_killed_build_goes_on(made, tmp_path):
    with pytest.raises(InterruptedError):
        build(tmp_path, make_extract=make_ending_extract)
    bank, lines = build(tmp_path)
    assert any('going on' in line for line in lines)
    whole = FeatureBank.open(made / 'bank')
    for name in GRAPH_FILES.values():
        assert ((bank.path / name).read_bytes()
                == (whole.path / name).read_bytes()), name


def test_shards_without_graphs_do_not_go_on(tmp_path):
    with pytest.raises(InterruptedError):
        build(tmp_path, graphs=None, make_extract=make_ending_extract)
    _, lines = build(tmp_path)
    assert any('discarded' in line and 'graphs is None' in line
               for line in lines)


@pytest.mark.parametrize('name', sorted(GRAPH_FILES.values()))
def test_a_truncated_bank(copied, name):
    os.truncate(copied / name, (copied / name).stat().st_size - 8)
    with pytest.raises(ValueError, match=f'truncated: {name}'):
        FeatureBank.open(copied)


def test_graphs_that_do_not_fit_the_stamp(copied):
    stamp = json.loads((copied / 'stamp.json').read_text())
    stamp['graph_count'] += 1
    (copied / 'stamp.json').write_text(json.dumps(stamp))
    with pytest.raises(ValueError, match='graphs of .* do not fit its stamp'):
        BankGraphs(FeatureBank.open(copied))


def test_edges_that_lead_nowhere(copied):
    edges = np.load(copied / 'graph_edges.npy')
    edges[0] = 99
    np.save(copied / 'graph_edges.npy', edges)
    with pytest.raises(ValueError, match='do not fit its stamp'):
        BankGraphs(FeatureBank.open(copied))


def test_a_bank_without_graphs(tmp_path):
    bank, _ = build(tmp_path, graphs=None)
    with pytest.raises(ValueError, match='no region graphs.*graphs=dict'):
        BankGraphs(bank)


def test_regions_that_are_all_too_small(tmp_path):
    bank, _ = build(tmp_path, graphs=dict(min_pixels=1000))
    with pytest.raises(ValueError, match='no graph with a node.*1000'):
        BankGraphs(bank)


def test_regions_that_never_touch(tmp_path):
    """Only the lower skies are as large: graphs of one node each."""
    bank, _ = build(tmp_path, graphs=dict(min_pixels=21))
    assert bank.stamp['graph_nodes'] > 0
    with pytest.raises(ValueError, match=(
            'no two regions touch in any graph of feature bank .*bank, so '
            'there is no context.*min_pixels=21')):
        BankGraphs(bank)


@pytest.mark.parametrize('graphs, what', [
    (dict(min_pixel=3), "'min_pixel'.*min_pixels"),
    (dict(min_pixels=0), r'graphs\.min_pixels .*>= 1, got 0'),
    (dict(pixels=-1), r'graphs\.pixels .*>= 0, got -1'),
])
def test_wrong_options(tmp_path, graphs, what):
    with pytest.raises(ValueError, match=what):
        build(tmp_path, graphs=graphs)
