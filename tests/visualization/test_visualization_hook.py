"""Panels and scores in the visualizer's files, from runs of a second."""
import json
import time

import numpy as np
import pytest
import torch
from mmengine.structures import PixelData
from mmengine.visualization import Visualizer
from mmseg.registry import HOOKS
from mmseg.structures import SegDataSample
from PIL import Image

from mmseg_zeroshot.visualization import ZeroShotVisualizationHook

from ..engine.hooks.tiny_run import (
    SPLIT,
    TinyData,
    make_runner,
    plain_model_config,
)


@pytest.fixture(autouse=True)
def visualizer():
    """A run builds its visualizer before its hooks."""
    Visualizer.get_instance(f'visualizer-{time.monotonic_ns()}')


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The images that the tiny data set names, twice its labels' size."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for i in range(4):
        image = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(image).save(f'{i}.jpg')
    return tmp_path


def run(folder, images, **parts):
    make_runner(folder, [dict(
        type='ZeroShotVisualizationHook', panel_images=images, panel_dpi=40)],
        **parts).train()


def scalars(folder):
    lines = next(folder.glob('*/vis_data/scalars.json')).read_text('utf-8')
    return [json.loads(line) for line in lines.splitlines()]


@pytest.mark.parametrize('model', [None, plain_model_config()])
def test_panel_and_scores_reach_the_visualizer(model, folder):
    run(folder, 2, model=model)
    panel, = folder.glob('*/vis_data/vis_image/*.png')
    assert panel.name == 'val_panel_2.png'
    width, height = Image.open(panel).size
    assert width == pytest.approx(3 * 2.4 * 40, abs=20)
    assert height > 2 * 2.4 * 40  # two rows, a title and the legend
    values = {key: value for line in scalars(folder)
              for key, value in line.items()}
    assert {'loss_ce', 'hIoU', 'seen_mIoU', 'unseen_mIoU', 'unseen_PA',
            'overall_mIoU', 'vanilla_unseen_mIoU'} <= {
        key.split('.')[-1] for key in values}


def test_no_panel_where_none_is_asked_for(folder):
    run(folder, 0)
    assert not list(folder.glob('*/vis_data/vis_image/*'))


def sample(name, share, prediction=0):
    truth = torch.zeros(1, 10, 10, dtype=torch.int64)
    truth.flatten()[:int(100 * share)] = 2  # cat, unseen
    return SegDataSample(
        gt_sem_seg=PixelData(data=truth),
        pred_sem_seg=PixelData(data=torch.full_like(truth, prediction)),
        metainfo=dict(img_path=name))


class Runner:
    """What the hook looks at."""

    iter = 7

    def __init__(self, split=SPLIT):
        self.val_dataloader = self
        self.dataset = TinyData(split=split)
        self.visualizer = self
        self.images = []

    def add_image(self, name, image, step):
        self.images.append((name, image.shape, step))


def test_images_with_most_of_an_unseen_class_are_kept(folder):
    hook = ZeroShotVisualizationHook(panel_images=2, panel_dpi=20)
    runner = Runner()
    hook.before_val_epoch(runner)
    for name, share in (('0.jpg', .2), ('1.jpg', .5), ('2.jpg', .5),
                        ('3.jpg', 0)):
        hook.after_val_iter(runner, 0, None, [sample(name, share)])
    kept, = hook._examples.values()
    assert [(share, example.path) for share, example in kept] == [
        (.5, '1.jpg'), (.5, '2.jpg')]
    hook.after_val_epoch(runner)
    (name, shape, step), = runner.images
    assert (name, step, shape[2]) == ('val_panel', 7, 3)
    # Nothing is carried over, and without an example nothing is drawn.
    hook.before_val_epoch(runner)
    hook.after_val_iter(runner, 0, None, [sample('3.jpg', 0)])
    hook.after_val_epoch(runner)
    assert len(runner.images) == 1


def test_a_val_set_without_a_split_is_an_error():
    with pytest.raises(ValueError, match='metainfo of the val data set has'):
        ZeroShotVisualizationHook().after_val_iter(
            Runner(split=None), 0, None, [sample('0.jpg', .1)])


def test_panel_images_cannot_be_negative():
    with pytest.raises(ValueError, match='panel_images .* got -1'):
        HOOKS.build(dict(type='ZeroShotVisualizationHook', panel_images=-1))


@pytest.mark.parametrize('draw', [True, False])
def test_test_runs_draw_every_image_if_asked_to(draw, folder):
    """`mmseg-zeroshot test --show-dir` sets `draw`."""
    class Recorder:
        names = []

        def add_datasample(self, name, *arguments, **options):
            self.names.append(name)

    hook = ZeroShotVisualizationHook(draw=draw)
    hook._visualizer = Recorder()
    hook.after_test_iter(None, 0, None, [sample('0.jpg', .1),
                                         sample('1.jpg', 0)])
    assert Recorder.names == ['test_0.jpg', 'test_1.jpg'] * draw


def test_tensorboard(folder):
    accumulator = pytest.importorskip(
        'tensorboard.backend.event_processing.event_accumulator')
    visualizer = Visualizer(
        vis_backends=[dict(type='TensorboardVisBackend')], save_dir='events')
    runner = Runner()
    runner.visualizer = visualizer
    hook = ZeroShotVisualizationHook(panel_images=1, panel_dpi=20)
    hook.before_val_epoch(runner)
    hook.after_val_iter(runner, 0, None, [sample('0.jpg', .1)])
    hook.after_val_epoch(runner)
    visualizer.close()
    events = accumulator.EventAccumulator('events/vis_data')
    events.Reload()
    assert [e.step for e in events.Images('val_panel')] == [7]
