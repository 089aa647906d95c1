"""The curve of every head against one evaluation of it per gamma."""
import numpy as np
import pytest
import torch
from mmengine.config import ConfigDict
from mmengine.registry import init_default_scope
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample

from mmseg_zeroshot import ClassSplit, GammaCurve
from mmseg_zeroshot.evaluation import ZeroShotIoUMetric
from mmseg_zeroshot.models import BaseZeroShotHead

SPLIT = ClassSplit(['sky', 'cat', 'cow', 'dog', 'grass', 'car'],
                   unseen=['cow', 'grass'], ignored=['car'])
GMMN = dict(generator=dict(type='GMMNGenerator', hidden_dim=8))
HEADS = {
    'SemanticProjectionHead': {},
    'DeViSEHead': {},
    'GeneratorRetrainedHead': dict(GMMN, stage='classifier'),
    'ReleasedRetrainedHead': dict(GMMN, stage='joint'),
    'GraphRetrainedHead': dict(
        generator=dict(type='GraphGMMNGenerator', hidden_dim=8),
        stage='classifier'),
}


def heads(base=BaseZeroShotHead):
    """All heads of the package that a config can name."""
    found = [head for one in base.__subclasses__() for head in heads(one)]
    return [head for head in (*base.__subclasses__(), *found)
            if head.__module__.startswith('mmseg_zeroshot.')
            and MODELS.get(head.__name__) is head]


def build(name):
    init_default_scope('mmseg')
    torch.manual_seed(0)
    model = MODELS.build(ConfigDict(
        type='ZeroShotSegmentor',
        data_preprocessor=dict(type='SegDataPreProcessor', size=(48, 48)),
        backbone=dict(
            type='ResNet', depth=18, base_channels=4, num_stages=2,
            strides=(1, 2), dilations=(1, 1), out_indices=(1, )),
        decode_head=dict(
            type=name, split=SPLIT, embeddings='glove-6b-50d', **HEADS[name],
            host=dict(type='FCNHead', in_channels=8, channels=8,
                      num_convs=1)),
        test_cfg=dict(mode='whole')))
    head = model.decode_head
    # Scores that are neither all alike nor all certain.
    with torch.no_grad():
        for key, parameter in head.named_parameters():
            if key.startswith(('projection.weight', 'classifier.weight')):
                parameter.normal_(std=8.)
    return model.eval()


def images():
    """Three noise images with labels of their own sizes."""
    generator = torch.Generator().manual_seed(0)
    for size in ((48, 48), (37, 41), (60, 33)):
        label = torch.randint(0, 6, (1, *size), generator=generator)
        label[0, :3] = 255
        yield dict(
            inputs=[torch.randint(0, 256, (3, 48, 48), generator=generator)],
            data_samples=[SegDataSample(
                gt_sem_seg=PixelData(data=label),
                metainfo=dict(ori_shape=size, img_shape=(48, 48),
                              pad_shape=(48, 48)))])


def evaluate(model, gamma):
    """What mmseg-zeroshot test does."""
    model.decode_head.gamma = gamma
    metric = ZeroShotIoUMetric()
    metric.dataset_meta = dict(split=SPLIT.to_dict())
    with torch.no_grad():
        for batch in images():
            metric.process(batch, [
                sample.to_dict() for sample in model.test_step(batch)])
    metric.evaluate(size=3)
    return metric


@pytest.mark.parametrize('name', HEADS)
def test_equals_21_evaluations(name):
    model = build(name)
    curve = GammaCurve(SPLIT)
    with torch.no_grad():
        for batch in images():
            for sample in model.test_step(batch):
                curve.update_logits(
                    sample.seg_logits.data, sample.gt_sem_seg.data[0],
                    sample.pred_sem_seg.data[0])
    matrices = []
    for gamma in np.linspace(0, 1, 21):
        metric = evaluate(model, float(gamma))
        np.testing.assert_array_equal(
            curve.confusion(gamma), metric.confusion, f'gamma {gamma}')
        assert curve.at(gamma)['hIoU'] == (
            metric.record['generalised']['hIoU'])
        matrices.append(metric.confusion.tobytes())
    assert len(set(matrices)) > 1  # gamma decides something


def test_no_head_is_forgotten():
    assert {head.__name__ for head in heads()} == set(HEADS)
