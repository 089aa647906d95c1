"""n drawn images of every class, and what is visible in them."""
import json

import numpy as np
import pytest
import torch

from mmseg_zeroshot.datasets import ZeroShotDataset
from mmseg_zeroshot.datasets.few_label import FewLabel

from .folders import IGNORED, LOAD, SPLIT, UNSEEN, blocks, config, write

# Unseen: cow (3) is in images 0, 2, 4, 5 and horse (4) in 0 and 4;
# seen: 0, 1 and 2; sheep (5) is ignored.
IDS = [range(6), (0, 1, 2), (0, 3), (1, 5), (2, 3, 4), (2, 3)]
SEEN = (0, 1, 2)
PACKED = [*LOAD, dict(type='PackSegInputs')]


@pytest.fixture
def root(tmp_path):
    masks = [blocks(i, ids) for i, ids in enumerate(IDS)]
    for mask, ids in zip(masks, IDS):
        mask[:, :len(ids)] = np.array(ids)  # each id occurs
    return write(tmp_path / 'data', masks)


@pytest.fixture
def manifest(tmp_path):
    return str(tmp_path / 'draw/few.json')


def build(root, manifest, num_images=1, pipeline=PACKED, **few):
    return ZeroShotDataset(
        config(root), split=SPLIT, mode='few', pipeline=pipeline,
        few=dict(num_images=num_images, manifest=manifest, **few))


def drawn(manifest):
    with open(manifest) as file:
        return json.load(file)['images']


def test_each_class_has_n_images_and_shows_its_label_alone(root, manifest):
    dataset = build(root, manifest, 2)
    assert len(dataset) == 2 * (len(SEEN) + len(UNSEEN))
    shown = []
    for i in range(len(dataset)):
        sample = dataset[i]['data_samples']
        visible = sample.metainfo['visible_unseen_ids']
        truth = blocks(int(sample.img_path[-5]), IDS[int(sample.img_path[-5])])
        truth[:, :len(IDS[int(sample.img_path[-5])])] = IDS[
            int(sample.img_path[-5])]
        hidden = [c for c in UNSEEN + IGNORED if c not in visible]
        expected = np.where(np.isin(truth, hidden), 255, truth)
        assert (sample.gt_sem_seg.data[0].numpy() == expected).all()
        assert all((expected == c).any() for c in visible)
        shown.append(visible)
    assert shown == [()] * 6 + [(3, )] * 2 + [(4, )] * 2


def test_drawn_images_hold_their_class_and_are_in_the_manifest(
        root, manifest):
    dataset = build(root, manifest, 2)
    images = drawn(manifest)
    assert list(images) == ['background', 'cat', 'dog', 'cow', 'horse']
    assert set(images['horse']) == {'a0.png', 'a4.png'}
    assert set(images['cow']) < {'a0.png', 'a2.png', 'a4.png', 'a5.png'}
    paths = [dataset.get_data_info(i)['img_path'][-6:] for i in range(10)]
    assert paths == [name for names in images.values() for name in names]
    few = dataset.metainfo['few_label']
    assert few == dict(num_images=2, seed=0, draw_seen=True, images={
        name: images[name] for name in ('cow', 'horse')})
    assert dataset.metainfo['split_mode'] == 'few'


def test_draws_are_seeded_and_nested(root, tmp_path):
    def cows(number, seed):
        path = str(tmp_path / f'{number}-{seed}.json')
        dataset = build(root, path, number, seed=seed, draw_seen=False,
                        pipeline=[])
        assert len(dataset) == 2 * number
        return drawn(path)['cow']

    assert [cows(2, 0)[0]] == cows(1, 0)
    assert len({cows(1, seed)[0] for seed in range(8)}) > 1


def test_the_same_settings_draw_the_same(root, tmp_path):
    files = [tmp_path / name for name in ('a.json', 'b.json')]
    for file in files:
        build(root, str(file), 2, seed=5)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_only_unseen_classes_on_request(root, manifest):
    dataset = build(root, manifest, draw_seen=False)
    assert [dataset.get_data_info(i)['visible_unseen_ids']
            for i in range(len(dataset))] == [(3, ), (4, )]
    assert list(drawn(manifest)) == ['cow', 'horse']


def test_a_manifest_decides_on_another_machine(root, manifest):
    build(root, manifest)
    with open(manifest) as file:
        content = json.load(file)
    content['images']['cow'] = ['a5.png']
    with open(manifest, 'w') as file:
        json.dump(content, file)
    dataset = build(root, manifest)
    assert dataset.get_data_info(3)['img_path'].endswith('a5.png')
    assert dataset.metainfo['few_label']['images']['cow'] == ['a5.png']


def test_other_modes_never_show_a_hidden_label(root):
    """Even if a data info asks for it."""
    dataset = ZeroShotDataset(
        config(root), split=SPLIT, mode='ignore', pipeline=LOAD)
    info = dict(dataset.get_data_info(2), visible_unseen_ids=(3, ))
    assert not (dataset.pipeline(info)['gt_seg_map'] == 3).any()


def test_a_training_crop_keeps_the_visible_label(root, manifest):
    """Random steps come after the loading and change nothing of it."""
    torch.manual_seed(0)
    steps = [*LOAD, dict(type='RandomCrop', crop_size=(16, 16)),
             dict(type='PackSegInputs')]
    dataset = build(root, manifest, draw_seen=False, pipeline=steps)
    ids = {i: set() for i in range(2)}
    for _ in range(10):
        for i in range(2):
            ids[i] |= set(
                dataset[i]['data_samples'].gt_sem_seg.data.unique().tolist())
    assert 3 in ids[0] and 4 not in ids[0]
    assert 4 in ids[1] and 3 not in ids[1]


def test_too_few_images_are_named(root, manifest):
    with pytest.raises(ValueError, match=(
            r'num_images=3, but fewer images hold horse \(2\): lower')):
        build(root, manifest, 3)
    with pytest.raises(ValueError, match=(
            r'hold background \(3\), .*draw_seen=False')):
        build(root, manifest, 4)


@pytest.mark.parametrize('change, message', [
    (dict(num_images=2), r'with num_images=2, and this run has 1'),
    (dict(seed=1), 'with seed=1'),
    (dict(unseen=['cow']), r"unseen=\['cow'\]"),
    (dict(images=dict(cow=[])), "must name 1 images of 'background'"),
    (dict(images=None), 'is not a manifest'),
])
def test_a_manifest_of_other_settings_is_an_error(root, manifest, change,
                                                  message):
    build(root, manifest)
    with open(manifest) as file:
        content = json.load(file)
    content.update(change)
    with open(manifest, 'w') as file:
        json.dump(content, file)
    with pytest.raises(ValueError, match=message):
        build(root, manifest)


@pytest.mark.parametrize('name, message', [
    ('b7.png', 'names b7.png, which the data set does not hold'),
    ('a1.png', "a1.png for 'cow', but its label map holds none"),
])
def test_a_manifest_of_other_images_is_an_error(root, manifest, name,
                                                message):
    build(root, manifest)
    with open(manifest) as file:
        content = json.load(file)
    content['images']['cow'] = [name]
    with open(manifest, 'w') as file:
        json.dump(content, file)
    with pytest.raises(ValueError, match=message):
        build(root, manifest)


def test_half_a_manifest_is_an_error(root, manifest, tmp_path):
    build(root, manifest)
    with open(manifest) as file:
        text = file.read()
    with open(manifest, 'w') as file:
        file.write(text[:50])
    with pytest.raises(ValueError, match='delete it to draw anew'):
        build(root, manifest)


@pytest.mark.parametrize('settings, message', [
    (dict(num_images=0), 'num_images must be an integer of at least 1'),
    (dict(num_images=1.5), 'got 1.5'),
    (dict(num_images=True), 'got True'),
    (dict(num_images=1, seed=-1), 'seed must be an integer of at least 0'),
    (dict(num_images=1, draw_seen='no'), "True or False, got 'no'"),
    (dict(num_images=1, manifest=''), 'manifest must name a JSON file'),
])
def test_wrong_settings_are_errors(settings, message):
    with pytest.raises(ValueError, match=message):
        FewLabel(**dict(dict(manifest='few.json'), **settings))


@pytest.mark.parametrize('mode, few', [
    ('few', None), ('ignore', dict(num_images=1, manifest='x.json'))])
def test_mode_and_settings_belong_together(root, mode, few):
    with pytest.raises(ValueError, match=f"mode='{mode}' and few="):
        ZeroShotDataset(config(root), split=SPLIT, mode=mode, few=few)
