"""Configs and checkpoints that are named by a user, good and bad."""
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmseg_zeroshot.loading import (
    build_model,
    load_model,
    load_runner,
    open_config,
)


def test_a_config_is_changed_by_its_options(tmp_path):
    path = tmp_path / 'net.py'
    path.write_text('model = dict(decode_head=dict(gamma=0.))\n')
    config = open_config(str(path), {'model.decode_head.gamma': .5})
    assert config.model.decode_head.gamma == .5
    assert open_config(str(path)).model.decode_head.gamma == 0
    with pytest.raises(FileNotFoundError, match='no such file: none.py'):
        open_config('none.py')


def test_a_checkpoint_is_looked_for_before_a_model_is_built():
    with pytest.raises(FileNotFoundError, match='no such file: none.pth'):
        load_runner(Config(dict(model=dict(type='NoSuchModel'))), 'none.pth')


@pytest.fixture
def config():
    """Of a plain network; its pretrained weights are nowhere."""
    init_default_scope('mmseg')
    return Config(dict(model=dict(
        type='EncoderDecoder', pretrained='nowhere.pth',
        backbone=dict(
            type='ResNet', depth=18, base_channels=4, num_stages=1,
            strides=(1, ), dilations=(1, ), out_indices=(0, ),
            norm_cfg=dict(type='BN')),
        decode_head=dict(type='FCNHead', in_channels=4, in_index=0,
                         channels=4, num_convs=1, num_classes=2))))


def test_a_model_has_all_its_weights(tmp_path, config):
    weights = build_model(config).state_dict()
    path = tmp_path / 'net.pth'
    torch.save(dict(state_dict={f'module.{name}': value
                                for name, value in weights.items()}), path)
    model = load_model(config, path)
    assert not model.training
    for name, value in model.state_dict().items():
        assert torch.equal(value, weights[name]), name
    torch.save(dict(weights, **{'decode_head.conv_seg.bias': torch.full(
        (2, ), torch.nan)}), path)
    with pytest.raises(ValueError, match="pth: weight 'decode_head.conv_seg"):
        load_model(config, path)
    del weights['decode_head.conv_seg.bias']
    torch.save(weights, path)
    with pytest.raises(ValueError, match='lacks 1 weights of the model, such '
                       'as decode_head.conv_seg.bias'):
        load_model(config, path)
