import numpy as np
import pytest
from mmseg.registry import TRANSFORMS

from mmseg_zeroshot.datasets import HideLabels


def sample(labels, **more):
    return dict(gt_seg_map=np.asarray(labels), seg_fields=['gt_seg_map'],
                img_path='x.jpg', seg_map_path='x.png', **more)


def test_hidden_ids_become_the_ignore_index_and_others_stay():
    hide = TRANSFORMS.build(
        dict(type='HideLabels', hidden_ids=[1, 3], num_classes=5))
    labels = np.array([[0, 1, 2], [3, 4, 255]], np.uint8)
    result = hide(sample(labels))
    assert result['gt_seg_map'].tolist() == [[0, 255, 2], [255, 4, 255]]
    assert result['gt_seg_map'].dtype == np.uint8
    assert labels[0, 1] == 1, 'the loaded array itself is not changed'


def test_every_label_field_is_hidden():
    labels = np.array([[0, 1]], np.uint8)
    results = sample(labels, gt_second=labels)
    results['seg_fields'].append('gt_second')
    results = HideLabels([1], 2)(results)
    assert results['gt_second'].tolist() == [[0, 255]]


@pytest.mark.parametrize('labels, wrong', [
    (np.array([[0, 5]], np.uint8), '5'),
    (np.array([[0, 254]], np.uint8), '254'),
    (np.array([[0, -1]]), '-1'),
    (np.array([[0, 300]]), '300'),
])
def test_an_id_outside_the_class_list_is_named(labels, wrong):
    message = f'x.png holds label id {wrong}, but the class list has 5'
    with pytest.raises(ValueError, match=message):
        HideLabels([1], 5)(sample(labels))


def test_sizes_must_agree():
    labels = np.zeros((4, 6), np.uint8)
    HideLabels([], 5)(sample(labels, ori_shape=(4, 6)))
    with pytest.raises(ValueError, match='x.png is 4x6 .* x.jpg is 6x4'):
        HideLabels([], 5)(sample(labels, ori_shape=(6, 4)))


def test_a_colour_mask_is_an_error():
    labels = np.zeros((4, 6, 3), np.uint8)
    with pytest.raises(ValueError, match='one channel of class ids'):
        HideLabels([], 5)(sample(labels))


def test_arguments_are_checked():
    with pytest.raises(ValueError, match='hidden id 5'):
        HideLabels([5], 5)
    with pytest.raises(ValueError, match=r'num_classes \(256\)'):
        HideLabels([], 256, ignore_index=255)
    with pytest.raises(ValueError, match='list of 65536 classes'):
        HideLabels([], 65536)


def test_repr_names_the_hidden_ids():
    assert repr(HideLabels([1], 3)) == (
        'HideLabels(hidden_ids=(1,), num_classes=3, ignore_index=255)')
