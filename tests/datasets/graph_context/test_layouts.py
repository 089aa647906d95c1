"""Layouts: renamed nodes, label maps of a user, and bad ones."""
import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.datasets.feature_bank.graph_list import GraphList
from mmseg_zeroshot.datasets.graph_context.layouts import (
    MaskLayouts,
    RenamedLayouts,
    nearest_classes,
    read_layouts,
    shrunk,
)

from .graph_fakes import SPLIT, WORDS

SKY, CAT, DOG, COW, MUD, CAR = range(6)
CHAIN = np.array([[0, 1], [1, 2]])


@pytest.fixture
def seen():
    """Sky over a dog over sky; a cat beside the sky; a cat alone."""
    return GraphList.of([
        (np.array([SKY, DOG, SKY]), CHAIN),
        (np.array([CAT, SKY]), CHAIN[:1]),
        (np.array([CAT]), CHAIN[:0]),
    ])


def save(folder, name, labels):
    folder.mkdir(exist_ok=True)
    Image.fromarray(np.asarray(labels, np.uint8)).save(folder / name)


def test_neighbours_by_cosine():
    assert nearest_classes(WORDS, [COW, CAR], [SKY, CAT, DOG], 2) == [
        [DOG, CAT], [SKY, DOG]]


def test_one_node_of_the_nearest_class_is_renamed(seen):
    layouts = RenamedLayouts(seen, SPLIT, WORDS)
    assert layouts.sources == {COW: [DOG], CAR: [SKY]}
    rng = np.random.default_rng(0)
    for _ in range(5):
        batch = layouts.draw([COW], rng)
        assert batch.node_classes.tolist() == [SKY, COW, SKY]
        assert batch.edges.tolist() == CHAIN.tolist()
    drawn = {tuple(layouts.draw([CAR], rng).node_classes) for _ in range(40)}
    assert drawn == {(CAR, DOG, SKY), (SKY, DOG, CAR), (CAT, CAR)}
    # The bank's own graphs stay as they are.
    assert seen.counts(6).tolist() == [3, 2, 1, 0, 0, 0]


def test_every_graph_of_a_draw_has_one_renamed_node(seen):
    layouts = RenamedLayouts(seen, SPLIT, WORDS)
    batch = layouts.draw([COW, CAR, COW], np.random.default_rng(1))
    chain = [SKY, COW, SKY]
    assert batch.node_classes.tolist()[:3] == chain
    assert batch.node_classes.tolist()[-3:] == chain
    between = tuple(batch.node_classes[3:-3])
    assert between in {(CAR, DOG, SKY), (SKY, DOG, CAR), (CAT, CAR)}
    ends = [3, 3 + len(between)]
    assert (batch.edges[:2] < ends[0]).all()
    assert (batch.edges[-2:] >= ends[1]).all()


def test_more_neighbours_give_more_places(seen):
    layouts = RenamedLayouts(seen, SPLIT, WORDS, neighbors=2)
    rng = np.random.default_rng(0)
    drawn = {tuple(layouts.draw([COW], rng).node_classes) for _ in range(40)}
    assert drawn == {(SKY, COW, SKY), (COW, SKY), (COW, )}


def test_only_classes_with_nodes_are_neighbours():
    graphs = GraphList.of([(np.array([CAT, SKY]), CHAIN[:1])])
    assert RenamedLayouts(graphs, SPLIT, WORDS).sources[COW] == [CAT]


@pytest.mark.parametrize('neighbors', [0, 4])
def test_too_few_or_many_neighbours(seen, neighbors):
    with pytest.raises(ValueError, match=f'neighbors={neighbors} .*3'):
        RenamedLayouts(seen, SPLIT, WORDS, neighbors=neighbors)


def test_label_maps_without_images(tmp_path):
    labels = np.full((20, 30), SKY)
    labels[10:, :15], labels[10:, 15:] = COW, CAR
    save(tmp_path / 'maps', 'a.png', labels)
    labels[10:] = CAT  # shows nothing unseen: not used
    save(tmp_path / 'maps', 'b.png', labels)
    graphs = read_layouts(tmp_path / 'maps', SPLIT, side=30, min_pixels=1)
    assert len(graphs) == 1
    batch = MaskLayouts(graphs, SPLIT, 'here').draw(
        [CAR], np.random.default_rng(0))
    assert batch.node_classes.tolist() == [SKY, COW, CAR]
    assert batch.edges.tolist() == [[0, 1], [0, 2], [1, 2]]


def test_ignored_and_unlabelled_pixels_are_no_nodes(tmp_path):
    labels = np.array([[COW, MUD, CAR, 255, SKY, SKY]] * 2)
    save(tmp_path / 'maps', 'a.png', labels)
    graphs = read_layouts(tmp_path / 'maps', SPLIT, side=6, min_pixels=2)
    assert graphs.node_classes.tolist() == [COW, CAR, SKY]
    assert graphs.edges.tolist() == []
    graphs = read_layouts(tmp_path / 'maps', SPLIT, side=6, min_pixels=3)
    assert len(graphs) == 0 or graphs.node_classes.tolist() == [SKY]


def test_label_maps_of_a_data_set(tmp_path):
    """As the paper's: true masks; no image of them is opened."""
    save(tmp_path / 'masks', 'a.png', [[COW + 1, CAR + 1, 0]] * 3)
    (tmp_path / 'images').mkdir()
    (tmp_path / 'images/a.jpg').write_bytes(b'no picture')
    graphs = read_layouts(
        dict(type='BaseSegDataset', data_root=str(tmp_path),
             data_prefix=dict(img_path='images', seg_map_path='masks'),
             metainfo=dict(classes=SPLIT.classes), reduce_zero_label=True),
        SPLIT, side=9, min_pixels=1)
    assert graphs.node_classes.tolist() == [COW, CAR]


def test_maps_become_as_coarse_as_features():
    labels = np.arange(24).reshape(4, 6)
    np.testing.assert_array_equal(shrunk(labels, 3), labels[::2, ::2])
    assert shrunk(labels, 6) is labels and shrunk(labels, 60) is labels
    assert shrunk(labels, 1).shape == (1, 1)
    assert shrunk(np.zeros((2, 100)), 10).shape == (1, 10)


def test_a_class_that_no_layout_shows(tmp_path):
    save(tmp_path / 'maps', 'a.png', [[COW, SKY]] * 2)
    graphs = read_layouts(tmp_path / 'maps', SPLIT, side=9, min_pixels=1)
    with pytest.raises(ValueError, match=r'no layout of here .*class\(es\) '
                       'car in'):
        MaskLayouts(graphs, SPLIT, 'here')


@pytest.mark.parametrize('labels', [
    [[COW, 255, CAR]] * 2,  # a border without a label
    [[COW] * 3] * 2,  # one region, with another map for the car
])
def test_layouts_without_context(tmp_path, labels):
    save(tmp_path / 'maps', 'a.png', labels)
    save(tmp_path / 'maps', 'b.png', [[CAR] * 3] * 2)
    graphs = read_layouts(tmp_path / 'maps', SPLIT, side=9, min_pixels=1)
    with pytest.raises(ValueError, match='no two regions touch'):
        MaskLayouts(graphs, SPLIT, 'here')


def test_layouts_without_any_label(tmp_path):
    save(tmp_path / 'maps', 'a.png', np.full((4, 4), 255))
    graphs = read_layouts(tmp_path / 'maps', SPLIT, side=9, min_pixels=1)
    assert len(graphs) == 0
    with pytest.raises(ValueError, match='no layout of here .*cow, car'):
        MaskLayouts(graphs, SPLIT, 'here')


def test_unknown_ids(tmp_path):
    save(tmp_path / 'maps', 'a.png', [[COW, CAR]] * 2)
    save(tmp_path / 'maps', 'b.png', [[COW, 9]] * 2)
    with pytest.raises(ValueError, match=r'b\.png holds label id 9'):
        read_layouts(tmp_path / 'maps', SPLIT, side=9, min_pixels=1)


def test_a_coloured_map(tmp_path):
    save(tmp_path / 'maps', 'a.png', np.zeros((3, 3, 3)))
    with pytest.raises(ValueError, match=r'a\.png has shape \(3, 3, 3\)'):
        read_layouts(tmp_path / 'maps', SPLIT, side=9, min_pixels=1)


def test_a_half_written_map(tmp_path):
    labels = np.random.default_rng(0).integers(0, 3, (64, 64))
    save(tmp_path / 'maps', 'a.png', labels)
    path = tmp_path / 'maps/a.png'
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(OSError, match=r'cannot load .*a\.png'):
        read_layouts(tmp_path / 'maps', SPLIT, side=9, min_pixels=1)


@pytest.mark.parametrize('name', ['maps', 'empty'])
def test_a_folder_without_layouts(tmp_path, name):
    (tmp_path / 'empty').mkdir()
    with pytest.raises(FileNotFoundError, match=(
            f"no layouts at .*{name}: .*'strict'.*'paper'")):
        read_layouts(tmp_path / name, SPLIT, side=9, min_pixels=1)


def data_set(root, **changes):
    """The config of a data set with one image and its label map."""
    save(root / 'masks', 'a.png', [[COW, CAR]] * 3)
    (root / 'images').mkdir()
    (root / 'images/a.jpg').write_bytes(b'no picture')
    return dict(
        dict(type='BaseSegDataset', data_root=str(root),
             data_prefix=dict(img_path='images', seg_map_path='masks'),
             metainfo=dict(classes=SPLIT.classes)), **changes)


def test_a_data_set_with_another_class_order(tmp_path):
    config = data_set(tmp_path, metainfo=dict(classes=SPLIT.classes[::-1]))
    with pytest.raises(ValueError, match=(
            r"class id 0 is 'car' in layouts \(BaseSegDataset\) and 'sky'")):
        read_layouts(config, SPLIT, side=9, min_pixels=1)


def test_a_data_set_without_label_maps(tmp_path):
    config = data_set(tmp_path, data_prefix=dict(img_path='images'))
    with pytest.raises(ValueError, match=(
            r'layouts \(BaseSegDataset\): .*a\.jpg has no label map')):
        read_layouts(config, SPLIT, side=9, min_pixels=1)
