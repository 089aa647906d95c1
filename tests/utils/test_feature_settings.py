"""What of a config decides features, and how differences are told."""
from mmseg_zeroshot.utils.feature_settings import (
    feature_settings,
    settings_differences,
)


def config(**backbone) -> dict:
    pipeline = [dict(type='LoadImageFromFile'),
                dict(type='RandomCrop', crop_size=(96, 96))]
    return dict(
        model=dict(
            type='ZeroShotSegmentor',
            data_preprocessor=dict(type='A', mean=[1.5], size=(96, 96)),
            backbone=dict(type='ResNet', strides=(1, 2), **backbone),
            decode_head=dict(type='GeneratorRetrainedHead', stage='joint',
                             host=dict(type='FCNHead', channels=8))),
        feature_bank=dict(dataset=dict(
            data_root='/here', pipeline=pipeline)))


def test_only_what_decides_features_is_kept():
    assert feature_settings(config(frozen_stages=4, init_cfg=dict(a=1))) == {
        'data_preprocessor': dict(mean=[1.5]),
        'backbone': dict(type='ResNet', strides=[1, 2]),
        'host': dict(type='FCNHead', channels=8),
        'pipeline': [dict(type='LoadImageFromFile'),
                     dict(type='RandomCrop', crop_size=[96, 96])]}


def test_a_plain_head_is_its_own_host():
    plain = dict(model=dict(decode_head=dict(type='FCNHead', num_classes=3)))
    assert feature_settings(plain) == dict(host=dict(type='FCNHead'))
    assert feature_settings({}) == feature_settings(dict(model=object())) == {}


def test_differences_are_told_by_key():
    ours, theirs = feature_settings(config()), feature_settings(config())
    assert settings_differences(ours, theirs) == []
    theirs['backbone'].update(strides=[1, 1], depth=18)
    theirs['pipeline'][1]['crop_size'] = [64, 64]
    assert settings_differences(ours, theirs) == [
        'backbone.depth is 18 instead of None',
        'backbone.strides is [1, 1] instead of [1, 2]',
        'pipeline.1.crop_size is [64, 64] instead of [96, 96]']
    theirs['pipeline'].pop()
    assert settings_differences(ours, theirs)[2].startswith(
        "pipeline is [{'type': 'LoadImageFromFile'}] instead of [")


def test_what_one_side_does_not_say_is_not_compared():
    ours = feature_settings(dict(config(), feature_bank=None))
    assert 'pipeline' not in ours
    assert settings_differences(ours, feature_settings(config())) == []
    assert settings_differences(ours, {}) == []
