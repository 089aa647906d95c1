"""Label maps of more than 255 classes, in every mode and reader."""
import numpy as np
import pytest
from mmseg.datasets.transforms import LoadAnnotations
from mmseg.registry import TRANSFORMS
from PIL import Image

from mmseg_zeroshot.datasets import ZeroShotDataset
from mmseg_zeroshot.datasets.graph_context.layouts import read_layouts
from mmseg_zeroshot.datasets.self_training.files import (
    Note,
    read_map,
    write_map,
)
from mmseg_zeroshot.datasets.transforms import LoadWideAnnotations
from mmseg_zeroshot.datasets.wide_steps import for_classes
from mmseg_zeroshot.semantics import build_split

from ..tiny_wide import (
    CLASSES,
    HIDDEN_IDS,
    LOAD,
    NO_LABEL,
    NUM,
    SPLIT,
    UNSEEN_IDS,
    inner,
    write_folder,
)
from .folders import LOAD as NARROW_LOAD
from .folders import SPLIT as NARROW_SPLIT
from .folders import config, write


def build(root, mode, pipeline=LOAD, **changes):
    return ZeroShotDataset(inner(root, **changes), split=SPLIT, mode=mode,
                           pipeline=pipeline)


@pytest.mark.parametrize('mode, hidden', [
    ('keep', HIDDEN_IDS), ('ignore', (*HIDDEN_IDS, *UNSEEN_IDS))])
def test_no_id_is_taken_modulo_256(tmp_path, mode, hidden):
    labels = write_folder(tmp_path)
    dataset = build(tmp_path, mode)
    for label, sample in zip(labels, dataset, strict=True):
        found = sample['gt_seg_map']
        assert found.dtype == np.uint16
        expected = np.where(np.isin(label, hidden), NO_LABEL, label)
        assert np.array_equal(found, expected)


@pytest.mark.parametrize('suffix', ['.png', '.tif'])
@pytest.mark.parametrize('backend', ['pillow', 'cv2'])
def test_every_id_survives_loading(tmp_path, suffix, backend):
    ids = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    path = str(tmp_path / f'map{suffix}')
    Image.fromarray(ids).save(path)
    step = LoadWideAnnotations(imdecode_backend=backend)
    sample = dict(seg_map_path=path, seg_fields=[], reduce_zero_label=False)
    assert np.array_equal(step(sample)['gt_seg_map'], ids)
    sample.update(reduce_zero_label=True)
    reduced = LoadWideAnnotations(imdecode_backend=backend)(sample)
    expected = ids.astype(int) - 1
    expected[ids == 0] = expected[ids == NO_LABEL] = NO_LABEL
    assert np.array_equal(reduced['gt_seg_map'], expected)


@pytest.mark.parametrize('value, kind', [
    (847, np.uint16), (1000, np.uint16), (65536 + 3, np.int32),
    (-1, np.int32), (2.5, np.float32)])
def test_values_that_are_no_class_are_refused(tmp_path, value, kind):
    write_folder(tmp_path)
    label = np.zeros((40, 48), kind)
    label[0, 0] = value
    Image.fromarray(label).save(tmp_path / 'ann/a1.tif')
    (tmp_path / 'ann/a1.tif').rename(tmp_path / 'ann/a1.png')
    with pytest.raises(ValueError, match=rf'a1.png holds label id {value}\b'):
        build(tmp_path, 'keep')[1]


def test_drop_looks_for_wide_ids(tmp_path):
    write_folder(tmp_path, 3)
    # 256 is 0 modulo 256, and 812 is 44, which is unseen.
    for i, class_id in enumerate((300, 812, 256)):
        Image.fromarray(np.full((40, 48), class_id, np.uint16)).save(
            tmp_path / f'ann/a{i}.png')
    dataset = build(tmp_path, 'drop')
    assert [sample['gt_seg_map'][0, 0] for sample in dataset] == [812, 256]


def test_few_labels_of_wide_ids(tmp_path):
    write_folder(tmp_path, 3)
    dataset = ZeroShotDataset(
        inner(tmp_path), split=SPLIT, mode='few', pipeline=LOAD,
        few=dict(num_images=2, draw_seen=False,
                 manifest=str(tmp_path / 'few.json')))
    assert len(dataset) == 2 * len(UNSEEN_IDS)
    for i, sample in enumerate(dataset):
        visible = set(dataset.get_data_info(i)['visible_unseen_ids'])
        shown = set(np.unique(sample['gt_seg_map'])) & set(UNSEEN_IDS)
        assert shown == visible and len(visible) == 1


def test_layouts_of_wide_ids(tmp_path):
    label = np.full((20, 20), NO_LABEL, np.uint16)
    label[:8], label[12:] = 300, 255
    label[:, 15:] = HIDDEN_IDS[1]
    Image.fromarray(label).save(tmp_path / 'a.png')
    graphs = read_layouts(tmp_path, build_split(SPLIT), side=20,
                          min_pixels=1)
    assert sorted(graphs.node_classes) == [255, 300]


def test_pseudo_labels_of_wide_ids(tmp_path):
    labels = np.full((4, 4), NO_LABEL, np.uint16)
    labels[0] = 300
    path = tmp_path / 'map.png'
    write_map(path, labels, [0] * 768, Note(run='', predicted=4, kept={}))
    assert np.array_equal(read_map(path, NUM), labels)
    assert read_map(path, NUM).dtype == np.uint16
    with pytest.raises(OSError, match='300 is no class id'):
        read_map(path, 6)


@pytest.mark.parametrize('step, name', [
    (dict(type='RandomCrop', crop_size=(8, 8)), 'ignore_index'),
    (dict(type='RandomRotate', prob=1., degree=20.), 'seg_pad_val'),
    (dict(type='GenerateEdge'), 'ignore_index')])
def test_steps_that_fill_in_255(step, name):
    built = TRANSFORMS.build(step)
    assert getattr(for_classes(built, NUM), name) == NO_LABEL
    # One that another data set uses, too, stays as it is.
    assert getattr(built, name) == 255
    assert for_classes(built, 255) is built


def test_padding_and_turning_give_no_class(tmp_path):
    write_folder(tmp_path, 1)
    Image.fromarray(np.full((40, 48), 300, np.uint16)).save(
        tmp_path / 'ann/a0.png')
    steps = [*LOAD, dict(type='RandomChoice', transforms=[[
        dict(type='RandomRotate', prob=1., degree=(30., 31.)),
        dict(type='Pad', size=(80, 90))]])]
    found = build(tmp_path, 'keep', steps)[0]['gt_seg_map']
    assert found.shape == (90, 80)
    assert set(np.unique(found)) == {300, NO_LABEL}


def test_an_ignored_id_of_ones_own_is_refused():
    step = TRANSFORMS.build(
        dict(type='RandomCrop', crop_size=(8, 8), ignore_index=900))
    with pytest.raises(ValueError, match='RandomCrop has ignore_index=900'):
        for_classes(step, NUM)


def test_classes_left_out_by_the_inner_data_set(tmp_path):
    """mmseg's own mark of them is 255: it must not become class 255."""
    step = LoadWideAnnotations()
    path = str(tmp_path / 'map.png')
    Image.fromarray(np.array([[300, 2], [3, 4]], np.uint16)).save(path)
    sample = dict(seg_map_path=path, seg_fields=[], reduce_zero_label=False)
    turned = {i: NUM - 1 - i for i in range(NUM)}
    found = step(dict(sample, label_map=turned))['gt_seg_map']
    assert found.tolist() == [[546, 844], [843, 842]]
    with pytest.raises(ValueError, match='leaves out classes'):
        step(dict(sample, label_map={**turned, 2: 255}))


def test_up_to_255_classes_are_loaded_as_before(tmp_path):
    write(tmp_path, [np.ones((8, 8), np.uint8)])
    own = LoadAnnotations()
    dataset = ZeroShotDataset(
        config(tmp_path), split=NARROW_SPLIT, mode='keep',
        pipeline=[NARROW_LOAD[0], own])
    assert dataset.pipeline.transforms[1].step is own
    assert dataset[0]['gt_seg_map'].dtype == np.uint8
    for count, kind in ((255, np.uint8), (256, np.uint16)):
        names = list(CLASSES[:count])
        dataset = ZeroShotDataset(
            config(tmp_path, metainfo=dict(classes=names)), mode='keep',
            split=dict(classes=names, unseen=names[:1]), pipeline=NARROW_LOAD)
        assert dataset[0]['gt_seg_map'].dtype == kind
