"""Label maps whose values do not fit into a byte, in every reader."""
import numpy as np
import pytest
from mmseg.datasets.transforms import LoadAnnotations
from PIL import Image

from mmseg_zeroshot.datasets import CheckedLoading, ZeroShotDataset
from mmseg_zeroshot.datasets.graph_context.layouts import read_layouts
from mmseg_zeroshot.datasets.self_training.files import read_map
from mmseg_zeroshot.datasets.self_training.images import UnlabelledImages
from mmseg_zeroshot.experiments.inspection import read_mask
from mmseg_zeroshot.semantics import build_split

from .folders import LOAD, SPLIT, config, write

UINT16, INT32, FLOAT = np.uint16, np.int32, np.float32
# What casting to bytes makes of 258 is an id of the list: 2.
WIDE = [(258, UINT16), (511, UINT16), (65535, UINT16), (258, INT32),
        (-1, INT32), (2.5, FLOAT), (256., FLOAT)]


def save(path, value, kind, **how):
    """A label map of classes 0 and 1 with one other value."""
    labels = np.zeros((24, 32), kind)
    labels[:, 16:] = 1
    labels[3, 5] = value
    Image.fromarray(labels).save(path, **how)
    return str(path)


def load(path, **how):
    step = CheckedLoading(LoadAnnotations(**how), key='seg_map_path')
    return step(dict(seg_map_path=path, seg_fields=[], label_map=None,
                     reduce_zero_label=False))['gt_seg_map']


@pytest.mark.parametrize('value, kind', WIDE)
@pytest.mark.parametrize('backend', ['pillow', 'cv2'])
def test_the_loading_step_names_file_and_id(tmp_path, value, kind, backend):
    path = save(tmp_path / 'map.tiff', value, kind)
    with pytest.raises(ValueError, match=(
            rf'map.tiff holds label id {kind(value).item()} ')):
        load(path, imdecode_backend=backend)


@pytest.mark.parametrize('value', [256, 260, 511, 65535])
def test_png_files_of_two_bytes(tmp_path, value):
    with pytest.raises(ValueError, match=rf'map.png holds label id {value} '):
        load(save(tmp_path / 'map.png', value, UINT16))


@pytest.mark.parametrize('suffix, kind', [
    ('png', UINT16), ('tiff', UINT16), ('tiff', INT32), ('tiff', FLOAT),
    ('png', np.uint8)])
@pytest.mark.parametrize('value', [2, 255])
def test_wide_files_of_small_ids_are_read(tmp_path, suffix, kind, value):
    path = save(tmp_path / f'map.{suffix}', value, kind)
    assert load(path)[3, 5] == value
    assert read_mask(path).pixels[value] == 1


@pytest.mark.parametrize('arguments', [
    dict(mode='keep'), dict(mode='ignore'), dict(mode='drop'),
    dict(mode='few'),
    dict(mode='drop', pseudo_labels=UnlabelledImages()),
    dict(mode='ignore', pseudo_labels=UnlabelledImages())],
    ids=lambda a: '-'.join(map(str, a)) + '-' + a['mode'])
def test_no_mode_takes_an_id_modulo_256(tmp_path, arguments):
    if arguments['mode'] == 'few':
        manifest = str(tmp_path / 'few.json')
        arguments = dict(arguments, few=dict(num_images=1, manifest=manifest))
    # 259 would be the unseen class 3, which mode 'drop' leaves out.
    write(tmp_path, [np.full((24, 32), i, np.uint8) for i in (0, 1, 3, 4)])
    save(tmp_path / 'ann/a1.png', 259, UINT16)
    with pytest.raises(ValueError, match=r'a1.png holds label id 259\b'):
        dataset = ZeroShotDataset(config(tmp_path), split=SPLIT,
                                  pipeline=LOAD, **arguments)
        list(map(dataset.__getitem__, range(len(dataset))))


def test_reduced_ids_are_named_as_they_are_in_the_file(tmp_path):
    write(tmp_path, [np.ones((24, 32), np.uint8)])
    save(tmp_path / 'ann/a0.png', 258, UINT16)
    dataset = ZeroShotDataset(
        config(tmp_path, reduce_zero_label=True), split=SPLIT, mode='keep',
        pipeline=LOAD)
    with pytest.raises(ValueError, match='a0.png holds label id 258 '):
        dataset[0]


def test_an_own_loader_may_read_wide_files(tmp_path):
    """Such as one that divides Cityscapes' instance ids by 1000."""

    class Instances(LoadAnnotations):

        def _load_seg_map(self, results):
            with Image.open(results['seg_map_path']) as image:
                results['gt_seg_map'] = np.asarray(image) // 1000
            results['seg_fields'].append('gt_seg_map')

    write(tmp_path, [np.zeros((24, 32), np.uint8)])
    save(tmp_path / 'ann/a0.png', 2001, UINT16)
    dataset = ZeroShotDataset(config(tmp_path), split=SPLIT, mode='keep',
                              pipeline=[LOAD[0], Instances()])
    labels = dataset[0]['gt_seg_map']
    assert labels.dtype == np.uint8 and labels[3, 5] == 2
    save(tmp_path / 'ann/a0.png', 60_001, UINT16)
    with pytest.raises(ValueError, match='a0.png holds label id 60, but'):
        dataset[0]


@pytest.mark.parametrize('kind', [np.bool_, FLOAT, np.int64])
def test_whole_ids_of_any_type_become_bytes(tmp_path, kind):
    dataset = ZeroShotDataset(
        config(write(tmp_path, [np.ones((8, 8), np.uint8)])), split=SPLIT,
        mode='keep', pipeline=LOAD)
    sample = dict(gt_seg_map=np.ones((8, 8), kind))
    labels = dataset.hide(sample)['gt_seg_map']
    assert labels.dtype == np.uint8 and (labels == 1).all()
    with pytest.raises(ValueError, match='label id 1.5, but'):
        dataset.hide(dict(gt_seg_map=np.full((8, 8), 1.5)))


def test_layouts(tmp_path):
    save(tmp_path / 'layout.png', 259, UINT16)
    with pytest.raises(ValueError, match='layout.png holds label id 259 '):
        read_layouts(tmp_path, build_split(SPLIT), side=64, min_pixels=1)


def test_pseudo_labels(tmp_path):
    path = save(tmp_path / 'map.png', 259, UINT16)
    with pytest.raises(OSError, match=r'map.png \(259 is no class id\)'):
        read_map(path, 6)
    assert read_map(save(tmp_path / 'map.png', 3, UINT16), 6)[3, 5] == 3


@pytest.mark.parametrize('value, kind', WIDE)
def test_the_report_of_masks(tmp_path, value, kind):
    mask = read_mask(save(tmp_path / 'map.tiff', value, kind))
    assert mask.defects['deep'] == f'value {kind(value).item()}'
    # The others are counted, and nothing in place of the odd one.
    assert mask.pixels[:2].sum() == mask.pixels.sum() == 24 * 32 - 1
