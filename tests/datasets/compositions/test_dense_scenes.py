"""The dense embedded data set: dense, deterministic, with context."""
import hashlib
from collections import Counter

import numpy as np
import pytest
from mmseg.registry import DATASETS

from mmseg_zeroshot.datasets import DenseCompositionsDataset, region_graph
from mmseg_zeroshot.datasets.compositions.dense_scenes import (
    AT_HOME,
    GROUNDS,
    HOME,
    compose_dense,
    dense_palette,
)
from mmseg_zeroshot.datasets.compositions.words import TEXTURES
from mmseg_zeroshot.semantics import CLASS_LISTS, get_split

CLASSES = CLASS_LISTS['compositions_dense']


@pytest.fixture(scope='module')
def scenes():
    return [compose_dense(CLASSES, 64, np.random.default_rng([5, i]))
            for i in range(60)]


def test_every_pixel_has_a_class(scenes):
    seen = set()
    for image, labels in scenes:
        assert image.shape == (64, 64, 3) and image.dtype == np.uint8
        assert labels.shape == (64, 64) and labels.dtype == np.uint8
        assert labels.max() < len(CLASSES) == 40
        assert (labels == 0).any()  # the sky
        seen |= set(np.unique(labels).tolist())
    assert len(seen) > 36


def test_seed_decides():
    image, labels = compose_dense(CLASSES, 96, np.random.default_rng(3))
    again = compose_dense(CLASSES, 96, np.random.default_rng(3))
    other = compose_dense(CLASSES, 96, np.random.default_rng(4))
    np.testing.assert_array_equal(image, again[0])
    np.testing.assert_array_equal(labels, again[1])
    assert not np.array_equal(labels, other[1])
    # Another drawing from the same seed is another version of the data set.
    assert hashlib.sha256(labels.tobytes()).hexdigest()[:8] == 'c5fad82e'


def test_neighbours_tell_about_a_class(scenes):
    """Textures are on their ground far more often than on the others."""
    beside = {texture: Counter() for texture in HOME}
    for _, labels in scenes:
        graph = region_graph(labels)
        names = [CLASSES[c] for c in graph.node_classes]
        for one, other in graph.edges.tolist() + graph.edges[:, ::-1].tolist():
            if names[one] not in GROUNDS and names[other] in GROUNDS:
                beside[names[one].split()[0]][names[other]] += 1
    for texture, home in HOME.items():
        counts = beside[texture]
        assert counts.most_common(1)[0][0] == home
        assert counts[home] > 1.5 * max(
            n for name, n in counts.items() if name != home)
    assert set(HOME) == set(TEXTURES) and 0 < AT_HOME < 1


def test_the_ground_colours_what_lies_on_it(scenes):
    """Solid red things have more green in them on sand than on water."""
    means = {'sand': [], 'water': []}
    for image, labels in scenes:
        graph = region_graph(labels)
        names = [CLASSES[c] for c in graph.node_classes]
        for node, name in enumerate(names):
            around = {names[o] for e in graph.edges if node in e for o in e}
            grounds = around & set(GROUNDS)
            if len(grounds) == 1 and name.startswith('solid red'):
                pixels = image[graph.node_map == node]
                for ground in grounds & set(means):
                    means[ground].append(pixels.mean(0))
    sand, water = (np.mean(means[k], axis=0) for k in ('sand', 'water'))
    assert sand[1] > water[1] + 10


def test_split_and_palette():
    split = get_split('compositions-dense-k8')
    assert split.classes == CLASSES
    assert split.unseen == get_split('compositions-k8').unseen
    assert not set(split.unseen) & set(GROUNDS)
    palette = dense_palette(CLASSES)
    assert len({tuple(c) for c in palette}) == 40
    assert palette[1] == list(GROUNDS['grass'])


def test_the_data_set_is_written_once(tmp_path):
    config = dict(type='DenseCompositionsDataset', num_train=3, num_val=2,
                  image_size=32, data_root=str(tmp_path / 'd'))
    train = DATASETS.build(dict(config))
    val = DATASETS.build(dict(config, subset='val'))
    assert (len(train), len(val)) == (3, 2)
    assert train.metainfo['classes'] == CLASSES
    path = train.get_data_info(0)['img_path']
    before = open(path, 'rb').read()
    DATASETS.build(dict(config))
    assert open(path, 'rb').read() == before
    with pytest.raises(ValueError, match='was made with seed'):
        DATASETS.build(dict(config, seed=1))
    # The other embedded data set is another one.
    with pytest.raises(ValueError, match='was made with classes'):
        DATASETS.build(dict(config, type='CompositionsDataset'))


def test_a_ground_is_missing():
    with pytest.raises(ValueError, match="needs the class 'water'"):
        compose_dense(('sky', 'grass', 'sand'), 32, np.random.default_rng(0))


def test_wrong_arguments_are_named(tmp_path):
    with pytest.raises(ValueError, match='num_val'):
        DenseCompositionsDataset(data_root=str(tmp_path), num_val=0)
