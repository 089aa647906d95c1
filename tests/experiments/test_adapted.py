"""mmseg configs as the base of an experiment."""
from pathlib import Path

import pytest

from mmseg_zeroshot.experiments.base_config import base_config
from mmseg_zeroshot.experiments.config_files import config_path
from mmseg_zeroshot.experiments.experiment import read_experiment
from mmseg_zeroshot.experiments.methods import make_plan

SEGFORMER = 'mmseg::segformer/segformer_mit-b0_8xb2-160k_ade20k-512x512.py'


def _experiment(tmp_path: Path, text: str):
    path = tmp_path / 'own.py'
    path.write_text(text)
    return read_experiment(path)


def test_network_of_mmseg_on_a_folder(tmp_path: Path) -> None:
    experiment = _experiment(tmp_path, f"""
data = dict(root='/data/farm', classes=['sky', 'road', 'cow', 'dog'])
split = dict(unseen=['cow'])
network = {SEGFORMER!r}
""")
    config = base_config(experiment)
    assert config.model.decode_head.num_classes == 4
    assert config.model.backbone.type == 'MixVisionTransformer'
    for part in ('train', 'val', 'test'):
        dataset = config[f'{part}_dataloader'].dataset
        assert dataset.type == 'ZeroShotDataset'
        assert dataset.dataset.data_root == '/data/farm'
        assert dataset.split['unseen'] == ['cow']
    assert config.train_dataloader.dataset.mode == 'ignore'
    assert config.train_dataloader.sampler.type == 'KeyedInfiniteSampler'
    assert config.val_dataloader.dataset.mode == 'keep'
    assert config.train_cfg.max_iters == 160000


def test_network_and_data_of_mmseg(tmp_path: Path) -> None:
    experiment = _experiment(tmp_path, f"""
split = dict(classes='ade150', unseen=['sofa', 'bed'])
network = {SEGFORMER!r}
""")
    steps = make_plan(experiment, ['spnet', 'zs3net'], calibrate=False).steps
    spnet = steps['spnet'].config or {}
    assert spnet['model']['decode_head']['host']['type'] == 'SegformerHead'
    generator = steps['generator'].config or {}
    # What the base's schedule says of epochs or of its own optimizer is gone.
    assert generator['optim_wrapper'] == dict(
        type='OptimWrapper', optimizer=dict(type='Adam', lr=0.0002))
    assert generator['train_cfg']['max_iters'] == 1000
    assert generator['model']['backbone']['init_cfg'] is None


def test_unknown_config() -> None:
    with pytest.raises(FileNotFoundError, match='mmseg::FOLDER/FILE'):
        config_path('mmseg::nowhere.py')


def test_stages_count_in_iterations_whatever_the_base_does(
        tmp_path: Path) -> None:
    network = tmp_path / 'net.py'
    network.write_text("""
_base_ = 'mmseg::fcn/fcn_r50-d8_4xb4-20k_voc12aug-512x512.py'
train_cfg = dict(_delete_=True, type='EpochBasedTrainLoop', max_epochs=3)
log_processor = dict(by_epoch=True)
default_hooks = dict(checkpoint=dict(by_epoch=True, interval=1))
custom_hooks = [dict(type='EmptyCacheHook')]
""")
    experiment = _experiment(tmp_path, f"""
split = 'voc12-zs3-k2'
network = {str(network)!r}
""")
    steps = make_plan(experiment, ['zs3net'], calibrate=False).steps
    assert (steps['seen'].config or {})['train_cfg']['max_epochs'] == 3
    for name in ('generator', 'zs3net'):
        config = steps[name].config or {}
        assert config['train_cfg']['type'] == 'IterBasedTrainLoop'
        assert 'max_epochs' not in config['train_cfg']
        assert config['log_processor'] == dict(by_epoch=False)
        assert not config['default_hooks']['checkpoint']['by_epoch']
        length = config['train_cfg']['max_iters']
        saving = config['default_hooks']['checkpoint']
        assert saving['interval'] == length // 10
        assert config['custom_hooks'] == [dict(type='EmptyCacheHook')]
        assert config['default_hooks']['stage_start']['type'] == (
            'StageStartHook')
