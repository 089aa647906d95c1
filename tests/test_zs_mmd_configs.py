"""Configs of recursive training: the paper's values, stages that fit."""
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmseg.registry import MODELS

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.experiments.published_settings import recursion_settings
from mmseg_zeroshot.semantics import build_split

CONFIGS = Path(__file__).resolve().parents[1] / 'configs'
STAGE = sorted(p.name for p in CONFIGS.glob('zs_mmd/zs-mmd-s2_*.py'))
JOINT = sorted(p.name for p in CONFIGS.glob('zs_mmd/zs-mmd-joint_*.py'))
PRINTED = {  # section IV-A
    'voc12': {2: (.85, 1 / 40), 4: (.7, 1 / 80), 6: (.7, 1 / 80),
              8: (.7, 1 / 80), 10: (.85, 1 / 40)},
    'context': {2: (.85, 1 / 160), 4: (.7, 1 / 160), 6: (.85, 1 / 80),
                8: (.85, 1 / 80), 10: (.7, 1 / 160)}}


def load(name: str) -> Config:
    return Config.fromfile(CONFIGS / 'zs_mmd' / name)


def of(names: list[str], data: str) -> str:
    return next(name for name in names if data in name)


def second(name: str) -> Config:
    """ZS3Net's stage 2, whose place a stage takes."""
    return Config.fromfile(
        CONFIGS / 'zs3net' / name.replace('zs-mmd', 'zs3net'))


def test_every_data_set_has_the_stage_and_the_joint_training():
    assert len(STAGE) == len(JOINT) == 3


@pytest.mark.parametrize('k', [2, 4, 6, 8, 10])
@pytest.mark.parametrize('data, classes', [
    ('voc12', 'voc12-zs3'), ('context', 'context-zs3'),
    ('context', 'context-recursive')])
def test_one_variable_picks_k_tau_and_gamma(data, classes, k, monkeypatch):
    monkeypatch.setenv('ZS_SPLIT', f'{classes}-k{k}')
    for names in (STAGE, JOINT):
        cfg = load(of(names, data))
        recursion = cfg.model.decode_head.recursion
        assert (recursion.tau, recursion.gamma) == PRINTED[data][k]
        split = build_split(cfg.model.decode_head.split)
        assert len(split.unseen) == k
        assert build_split(cfg.train_dataloader.dataset.split) == split


@pytest.mark.parametrize('name', STAGE)
def test_the_stage_takes_the_place_of_step_2(name):
    cfg, base = load(name), second(name)
    assert cfg.load_from == base.load_from
    assert cfg.train_dataloader == base.train_dataloader
    assert cfg.train_dataloader.dataset.type == 'FeatureBankDataset'
    assert cfg.train_cfg.max_iters == base.train_cfg.max_iters
    assert cfg.model.decode_head.recursion.start == (
        cfg.train_cfg.max_iters // 4)
    assert cfg.default_hooks.stage_start == base.default_hooks.stage_start
    assert cfg.custom_hooks == [dict(type='RecursionHook')]
    # Both parts train, the classifier five times as fast.
    assert cfg.optim_wrapper == dict(type='OptimWrapper',
                                     **cfg.recipe.joint)
    assert cfg.train_cfg.val_interval == cfg.train_cfg.max_iters


@pytest.mark.parametrize('name', [*STAGE, *JOINT])
def test_the_head_is_built_and_the_schedule_fits(name):
    cfg = load(name)
    init_default_scope('mmseg')
    head = MODELS.build(cfg.model.decode_head)
    assert head.stage == 'joint'
    assert head.recursion.weighting == 'normalized'
    assert head.recursion.bandwidths == head.generator.bandwidths
    head.recursion.check_schedule(cfg.train_cfg.max_iters)
    assert cfg.default_hooks.results.method == 'ZS-MMD'
    assert cfg.default_hooks.results.supervision == 'strict'


@pytest.mark.parametrize('name', JOINT)
def test_online_recursion_starts_halfway(name):
    cfg = load(name)
    # In particular, no classifier that starts anew as stage 2's may.
    assert cfg.default_hooks.stage_start.restart == []
    assert cfg.custom_hooks == [dict(type='RecursionHook')]
    assert cfg.model.decode_head.recursion.start == (
        cfg.train_cfg.max_iters // 2)


@pytest.mark.parametrize('weighting, gamma, method', [
    ('equal', 1 / 80, 'ZS-MMD (equal weights)'),
    ('raw', 1 / 80, 'ZS-MMD (raw weights)'),
    ('off', 0, 'ZS3Net (joint)')])
def test_rows_of_the_ablation(weighting, gamma, method):
    base = second(of(STAGE, 'compositions'))
    cfg = derive(base, stages.recursive(
        base, start=250, weighting=weighting, iterations=1000))
    recursion = cfg.model.decode_head.recursion
    assert recursion.gamma == gamma
    assert recursion.weighting == weighting.replace('off', 'normalized')
    assert cfg.default_hooks.results.method == method


@pytest.mark.parametrize('arguments, message', [
    (dict(weighting='none', iterations=9), "weighting='none'.*equal"),
    (dict(), 'on a bank needs a number of iterations')])
def test_wrong_arguments_are_refused(arguments, message):
    base = second(STAGE[0])
    with pytest.raises(ValueError, match=message):
        stages.recursive(base, start=0, **arguments)


def test_recursion_on_images_keeps_its_length():
    base = Config.fromfile(
        CONFIGS / 'zs3net' / JOINT[0].replace('zs-mmd', 'zs3net'))
    with pytest.raises(ValueError, match='on images keeps .* of its own'):
        stages.recursive(base, start=0, iterations=5)


@pytest.mark.parametrize('split, settings', [
    ('voc12-zs3-k2', (.85, 1 / 40)), ('context-recursive-k4', (.7, 1 / 160)),
    ('compositions-k8', (.7, 1 / 80)), ('voc12-spnet', (.7, 1 / 80)),
    (dict(name='voc12-k2', unseen=['cow']), (.7, 1 / 80))])
def test_a_split_of_ones_own_has_no_printed_values(split, settings):
    assert recursion_settings(split) == settings
