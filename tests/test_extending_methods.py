"""The worked example of the documentation: a method of one's own."""
import json
import shutil
import sys

import pytest
from mmengine.config import Config
from mmseg.registry import MODELS

from mmseg_zeroshot.commands import run
from mmseg_zeroshot.experiments.experiment import load_experiment
from mmseg_zeroshot.experiments.methods import METHODS, make_plan

from . import tiny_voc

EXPERIMENT = f"""
imports = ['cosine_method']
data = dict(
    root='images', classes={list(tiny_voc.CLASSES)}, masks='Masks',
    train='ImageSets/Segmentation/train.txt',
    val='ImageSets/Segmentation/train.txt', size=(96, 96), crop=(64, 64),
    batch_size=2, num_workers=0)
split = dict(unseen=['bus'], validation=['tree'])
network = 'deeplabv3plus_r18-w32'
iterations = 2
"""


@pytest.fixture
def farm(repo_root, tmp_path, monkeypatch):
    """An experiment beside the example's file; nothing stays registered."""
    shutil.copy(repo_root / 'docs/extending/cosine_method.py', tmp_path)
    path = tmp_path / 'farm.py'
    path.write_text(EXPERIMENT)
    monkeypatch.setattr(sys, 'path', [*sys.path])
    monkeypatch.delitem(sys.modules, 'cosine_method', raising=False)
    monkeypatch.chdir(tmp_path)
    yield path
    METHODS.pop('cosine', None)
    MODELS.module_dict.pop('CosineHead', None)
    sys.modules.pop('cosine_method', None)


def test_the_example_is_short(repo_root):
    path = repo_root / 'docs/extending/cosine_method.py'
    assert len(path.read_text('utf-8').splitlines()) < 50


def test_its_steps(farm):
    steps = make_plan(load_experiment(farm.name), ['cosine']).steps
    assert list(steps) == ['cosine', 'held-out-cosine', 'gamma-cosine',
                           'cosine-calibrated']
    for step in steps.values():
        assert step.config['custom_imports']['imports'] == [
            'mmseg_zeroshot', 'cosine_method']
        head = step.config['model']['decode_head']
        assert (head['type'], head['temperature']) == ('CosineHead', 0.07)
    hold_out = steps['held-out-cosine'].config['val_dataloader']['dataset']
    assert hold_out['split']['hold_out']


def test_a_run_trains_it_in_a_process_of_its_own(farm, capfd):
    tiny_voc.write_folder(farm.parent / 'images')
    assert run.main([farm.name, 'cosine', '--no-calibration']) == 0, (
        capfd.readouterr().err)
    folder, = (farm.parent / 'work_dirs/farm/seed0').glob('cosine-*')
    assert (folder / 'iter_2.pth').is_file()
    record = json.loads((folder / 'zero_shot_results.json').read_text())
    assert (record['method'], record['split']) == ('Cosine', 'unseen-bus')
    config = Config.fromfile(folder / 'config.py')
    assert config.train_cfg.max_iters == 2
