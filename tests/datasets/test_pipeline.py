import numpy as np
import pytest
from mmcv.transforms import BaseTransform
from mmseg.registry import TRANSFORMS

from mmseg_zeroshot.datasets import CheckedLoading, HideLabels
from mmseg_zeroshot.datasets.inner_dataset import mmseg_scope
from mmseg_zeroshot.datasets.pipeline import build_pipeline, label_loader

from .folders import LOAD, blocks, write

HIDE = HideLabels([3, 4, 5], 6)


def build(steps, hide=HIDE):
    with mmseg_scope():
        return build_pipeline(steps, hide)


def run(pipeline, root):
    return pipeline(dict(
        img_path=str(root / 'img/a0.png'), seg_map_path=str(
            root / 'ann/a0.png'), seg_fields=[], label_map=None,
        reduce_zero_label=False))


@pytest.fixture
def root(tmp_path):
    return write(tmp_path, [blocks(0)])


class OwnLoader(BaseTransform):
    """A loader that mmcv knows nothing of."""

    loads_labels = True

    def transform(self, results):
        results['gt_seg_map'] = blocks(0)
        results['seg_fields'].append('gt_seg_map')
        return results


def test_labels_are_hidden_right_behind_their_loading():
    pipeline = build([*LOAD, dict(type='RandomFlip', prob=0.5)])
    kinds = [type(step).__name__ for step in pipeline.transforms]
    assert kinds == ['CheckedLoading', 'CheckedLoading', 'HideLabels',
                     'RandomFlip']


@pytest.mark.parametrize('steps', [
    LOAD,
    [LOAD[0], OwnLoader()],
    [LOAD[0], TRANSFORMS.build(dict(type='LoadAnnotations'))],
    [dict(type='Compose', transforms=LOAD)],
    [dict(type='RandomChoice', transforms=[LOAD, LOAD])],
    [dict(type='RandomApply', transforms=LOAD, prob=1.)],
])
def test_every_way_to_load_labels_is_guarded(steps, root):
    labels = run(build(steps), root)['gt_seg_map']
    plain = blocks(0)
    assert np.isin(plain, (3, 4, 5)).any()
    expected = np.where(np.isin(plain, (3, 4, 5)), 255, plain)
    assert (labels == expected).all()


def test_labels_inside_test_time_augmentation_are_guarded(root):
    pipeline = build([LOAD[0], dict(type='TestTimeAug', transforms=[
        [dict(type='RandomFlip', prob=0.), dict(type='RandomFlip', prob=1.)],
        [LOAD[1]],
        [dict(type='PackSegInputs')],
    ])])
    samples = run(pipeline, root)['data_samples']
    assert len(samples) == 2
    for item in samples:
        ids = set(item.gt_sem_seg.data.unique().tolist())
        assert ids and ids <= {0, 1, 2, 255}


def test_a_pipeline_without_a_known_loader_is_an_error():
    with pytest.raises(ValueError, match='loads_labels = True'):
        build([LOAD[0], dict(type='RandomFlip', prob=0.5)])
    assert not build([]).transforms
    assert build([LOAD[0]], HideLabels([], 6)).transforms


def test_unknown_transform_is_named():
    with pytest.raises(KeyError, match='LoadNothing'):
        build([dict(type='LoadNothing')])


def test_label_loader_is_the_pipelines_own():
    own = OwnLoader()
    with mmseg_scope():
        assert label_loader([LOAD[0], own], 6).step is own
        default = label_loader([], 6)
    assert isinstance(default, CheckedLoading)
    assert default.key == 'seg_map_path'
