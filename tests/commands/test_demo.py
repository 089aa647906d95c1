"""The demo's choice of images and its panel; the whole run is `make demo`."""

from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmseg.registry import MODELS
from PIL import Image

from mmseg_zeroshot.commands import demo
from mmseg_zeroshot.engine.recipes import load_recipe, make_tasks


def test_columns_are_steps_that_report():
    recipe = load_recipe(demo.RECIPE, demo.ROOT)
    reported = [step.name for step in recipe.steps if step.reports]
    assert reported == ['seen', 'spnet', 'spnet-calibrated', 'devise',
                        'zs3net', 'zs3net-calibrated']
    assert set(demo.COLUMNS) <= set(reported)


def test_panel_of_untrained_models(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    init_default_scope('mmseg')
    tasks = make_tasks(load_recipe(demo.RECIPE, demo.ROOT), [0],
                       Path('work'))
    for task in tasks:
        if task.step.name not in (*demo.COLUMNS, 'generator'):
            continue
        model = MODELS.build(
            Config.fromfile(demo.ROOT / task.step.config).model)
        task.folder.mkdir(parents=True)
        torch.save(dict(state_dict=model.state_dict(), meta={}),
                   task.folder / 'iter_1.pth')
        (task.folder / 'last_checkpoint').write_text('iter_1.pth')
    # Few images, so that nothing is drawn for long.
    build = demo.DATASETS.build

    def few(config):
        if config['type'] != 'ZeroShotDataset':
            return build(config)
        inner = dict(config['dataset'], num_train=1, num_val=3,
                     data_root=str(tmp_path / 'data'))
        return build(dict(config, dataset=inner))

    monkeypatch.setattr(demo.DATASETS, 'build', few)
    demo.draw_panel(tasks, tmp_path / 'panel.png', 2)
    with Image.open(tmp_path / 'panel.png') as picture:
        width, height = picture.size
    assert width > 2 * height > 1000  # five columns, two rows


def test_failing_recipe_ends_the_demo(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(demo.subprocess, 'call',
                        lambda line: calls.append(line) or 1)
    monkeypatch.setattr(demo, 'draw_panel', None)
    assert demo.main(['--work-dir', str(tmp_path), '--seeds', '3', '4']) == 1
    assert calls[0][-5:] == ['--work-dir', str(tmp_path), '--seeds', '3', '4']
