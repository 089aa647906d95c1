"""The picture of a run."""

import json
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmseg.registry import MODELS
from PIL import Image

from mmseg_zeroshot.experiments.panel import draw_panel, find_columns
from mmseg_zeroshot.experiments.running.folders import begin, finish
from mmseg_zeroshot.experiments.running.tasks import Task, make_tasks
from mmseg_zeroshot.experiments.step import Step, checkpoint_of
from mmseg_zeroshot.experiments.writer import write_config

LEAF = ('configs/spnet/spnet_deeplabv3plus-r18-w32_1xb16-1k_'
        'compositions-k8-96x96.py')
SCORES = dict(PA=1., MA=2., mIoU=3.)


@pytest.fixture
def tasks(tmp_path, repo_root) -> list[Task]:
    """A training and its test with gamma, of an untrained network."""
    config = Config.fromfile(repo_root / LEAF)
    config.merge_from_dict({'test_dataloader.dataset.dataset': dict(
        num_train=1, num_val=3, data_root=str(tmp_path / 'data'))})
    kept = ('custom_imports', 'default_scope', 'model', 'test_dataloader')
    values = {key: value for key, value in config.to_dict().items()
              if key in kept}
    tasks = make_tasks([
        Step('spnet', 'train', values, report=True),
        Step('spnet-calibrated', 'test', values, load='spnet', report=True),
        Step('other', 'train', dict(load_from=checkpoint_of('spnet')),
             report=True),
    ], [5], tmp_path / 'work')
    init_default_scope('mmseg')
    model = MODELS.build(config.model)
    for task, gamma in zip(tasks[:2], (0., 0.5)):
        make_done(task, values, gamma, model)
    return tasks


def make_done(task: Task, values: dict, gamma: float, model) -> None:
    begin(task)
    write_config(task.folder / 'config.py', values, task.label)
    scores = dict(seen=SCORES, unseen=SCORES, overall=SCORES, hIoU=4.)
    (task.folder / 'zero_shot_results.json').write_text(json.dumps(dict(
        method='SPNet', split='k8', supervision='strict', seed=5, gamma=gamma,
        generalised=scores, vanilla=scores)))
    if task.step.command == 'train':
        torch.save(dict(state_dict=model.state_dict(), meta={}),
                   task.folder / 'iter_1.pth')
        (task.folder / 'last_checkpoint').write_text('iter_1.pth')
    finish(task, seconds=1, command='', resumed=False)


def test_methods_that_reported_are_side_by_side(tasks, tmp_path):
    assert [(column.title, column.checkpoint.parent)
            for column in find_columns(tasks)] == [
        ('SPNet', tasks[0].folder), ('SPNet, gamma 0.5', tasks[0].folder)]
    path = tmp_path / 'panel.png'
    assert draw_panel(tasks, path, rows=2) == f'written to {path}'
    with Image.open(path) as picture:
        width, height = picture.size
    assert width > 1.5 * height > 1000  # four columns, two rows


def test_seen_only_is_first_and_equal_gammas_are_told(tasks):
    for task, method in zip(tasks, ('SPNet', 'SPNet')):
        retitle(task, method, 0.)
    assert [column.title for column in find_columns(tasks)] == [
        'SPNet', 'SPNet, gamma 0']
    retitle(tasks[1], 'seen only', None)
    assert [column.title for column in find_columns(tasks)] == [
        'seen only', 'SPNet']


def retitle(task: Task, method: str, gamma: float | None) -> None:
    path = task.folder / 'zero_shot_results.json'
    record = json.loads(path.read_text())
    path.write_text(json.dumps(dict(record, method=method, gamma=gamma)))


def test_a_missing_picture_has_a_reason(tasks, tmp_path):
    path = tmp_path / 'panel.png'
    assert draw_panel(tasks[2:], path) == (
        'no panel: no step that has a model has finished')
    config = tasks[0].folder / 'config.py'
    write_config(config, dict(model=dict()), 'without images')
    assert draw_panel(tasks, path) == (
        f'no panel: ValueError: {config} has no test_dataloader')
    assert not Path(path).exists()
