"""ZS3Net's stages 1 and 2 on a feature bank, as whole runs."""
import copy
import json
import shutil
import time
from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner

from mmseg_zeroshot.datasets import FeatureBankDataset, build_feature_bank
from mmseg_zeroshot.engine.hooks.consistency.bank import check_bank
from mmseg_zeroshot.models.frozen_extractor import FrozenExtractor
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import file_sha256
from mmseg_zeroshot.utils.feature_settings import feature_settings

from .engine.hooks.tiny_run import SPLIT, TinyData, loader, model_config

CLASS_SPLIT = ClassSplit.from_dict(SPLIT)
BANK = dict(
    batch_size=1, num_workers=0,
    sampler=dict(type='InfiniteSampler', shuffle=False),
    collate_fn=dict(type='default_collate'))


def run(work_dir, model, train, *, max_iters, load_from=None, resume=False,
        hooks=()):
    """Train a stage as its config does; return the runner."""
    config = Config(dict(
        default_scope='mmseg', work_dir=str(work_dir), model=model,
        train_cfg=dict(type='IterBasedTrainLoop', max_iters=max_iters),
        optim_wrapper=dict(optimizer=dict(type='Adam', lr=.01)),
        default_hooks=dict(checkpoint=dict(
            type='CheckpointHook', by_epoch=False, interval=2)),
        custom_hooks=[dict(type='StageStartHook'),
                      dict(type='ConsistencyHook'), *hooks],
        randomness=dict(seed=0), log_level='ERROR',
        load_from=load_from and str(load_from), resume=resume))
    runner = Runner(
        **config, train_dataloader=train, cfg=config,
        experiment_name=f'{work_dir.name}-{time.monotonic_ns()}')
    runner.train()
    return runner


def staged(stage: str, **head) -> dict:
    model = model_config()
    model['data_preprocessor']['type'] = 'ZeroShotDataPreProcessor'
    model['decode_head'].update(
        type='GeneratorRetrainedHead', stage=stage, num_vectors=8,
        generator=dict(type='GMMNGenerator', hidden_dim=16), **head)
    return model


@pytest.fixture(scope='module')
def stage_0(tmp_path_factory):
    """A folder with stage 0's checkpoint and its bank."""
    folder = tmp_path_factory.mktemp('stages')
    runner = run(folder / 'seen', staged('seen'), loader(TinyData()),
                 max_iters=2)
    extract = FrozenExtractor(copy.deepcopy(runner.model), 'cpu')
    build_feature_bank(
        folder / 'bank', make_dataset=TinyData,
        make_extract=lambda device: extract, max_vectors=20,
        checkpoint=folder / 'seen/iter_2.pth', report=lambda line: None)
    return folder


def bank_of(folder, **options) -> dict:
    return dict(BANK, dataset=FeatureBankDataset(
        folder / 'bank', CLASS_SPLIT, num_vectors=8, **options))


def changed(runner, checkpoint) -> set[str]:
    """Children of the head, and other modules, that differ."""
    before = torch.load(checkpoint, weights_only=False)['state_dict']
    after = runner.model.state_dict()
    assert before.keys() == after.keys()
    return {key.split('.')[key.startswith('decode_head')] for key in after
            if not torch.equal(before[key], after[key])}


def test_stage_1_then_2_train_one_part_each(stage_0, tmp_path):
    """Extractor and batch-norm statistics included: bit-identical."""
    seen = stage_0 / 'seen/iter_2.pth'
    first = run(tmp_path / '1', staged('generator'), bank_of(stage_0),
                max_iters=2, load_from=seen)
    assert changed(first, seen) == {'generator'}
    generator = tmp_path / '1/iter_2.pth'
    second = run(tmp_path / '2', staged('classifier'), bank_of(stage_0),
                 max_iters=2, load_from=generator)
    assert changed(second, generator) == {'classifier'}


@pytest.mark.parametrize('stage', ['generator', 'classifier'])
def test_a_resumed_stage_goes_on(stage_0, tmp_path, monkeypatch, stage):
    """At its own iteration, with its optimizer, on the bank's next steps."""
    trained = []
    forward = FeatureBankDataset.__getitem__

    def noted(self, index):
        trained.append(index)
        return forward(self, index)

    monkeypatch.setattr(FeatureBankDataset, '__getitem__', noted)
    seen = stage_0 / 'seen/iter_2.pth'
    settings = dict(
        model=staged(stage), train=bank_of(stage_0), load_from=seen)
    run(tmp_path / 'stage', max_iters=2, resume=True,
        **copy.deepcopy(settings))
    assert trained == [0, 1]
    stopped = torch.load(tmp_path / 'stage/iter_2.pth', weights_only=False)
    trained.clear()
    runner = run(tmp_path / 'stage', max_iters=4, resume=True, **settings)
    # Some versions of MMEngine draw what was trained on, to skip it.
    assert trained[-2:] == [2, 3]
    assert runner.iter == 4
    states = runner.optim_wrapper.optimizer.state_dict()['state'].values()
    assert {int(state['step']) for state in states} == {4}
    assert {int(s['step'])
            for s in stopped['optimizer']['state'].values()} == {2}
    assert changed(runner, tmp_path / 'stage/iter_2.pth') == {stage}
    assert changed(runner, seen) == {stage}


def test_a_bank_of_another_stride_is_refused(stage_0, tmp_path):
    """The same weights, so the checkpoint alone does not tell."""
    model = staged('generator')
    shutil.copytree(stage_0 / 'bank', tmp_path / 'bank')
    train = dict(BANK, dataset=dict(
        type='FeatureBankDataset', bank=str(tmp_path / 'bank'), split=SPLIT,
        num_vectors=8))
    for strides in ((1, 2), (1, 1)):
        built = copy.deepcopy(model)
        built['backbone']['strides'] = strides
        stamp = tmp_path / 'bank/stamp.json'
        stamp.write_text(json.dumps(dict(
            json.loads(stamp.read_text()),
            settings=feature_settings(dict(model=built)))))
        arguments = dict(train=train, max_iters=2,
                         load_from=stage_0 / 'seen/iter_2.pth')
        if strides == (1, 2):
            run(tmp_path / 'same', copy.deepcopy(model), **arguments)
        else:
            with pytest.raises(ValueError, match=(
                    r'feature bank .*bank, .*backbone\.strides is \[1, 1\] '
                    r'instead of \[1, 2\]\. .*--overwrite')):
                run(tmp_path / 'other', copy.deepcopy(model), **arguments)


def test_a_bank_of_another_mode_is_refused(stage_0):
    """Images with unseen classes are left out, or shown without labels."""
    runner = SimpleNamespace(cfg=dict(feature_bank=dict(
        dataset=dict(mode='drop'))))
    dataset = bank_of(stage_0)['dataset']
    mode = dataset.bank.stamp['split_mode']
    other = 'ignore' if mode == 'drop' else 'drop'
    runner.cfg['feature_bank']['dataset']['mode'] = mode
    check_bank(runner, dataset)
    runner.cfg['feature_bank']['dataset']['mode'] = other
    with pytest.raises(ValueError, match=(
            f"dataset.mode is '{mode}' instead of '{other}'")):
        check_bank(runner, dataset)


def test_stage_2_refuses_step_0_and_another_network_s_bank(stage_0, tmp_path):
    plain = torch.load(stage_0 / 'seen/iter_2.pth', weights_only=False)
    plain['state_dict'] = {
        key: value for key, value in plain['state_dict'].items()
        if '.generator.' not in key}
    plain['meta']['dataset_meta']['extractor'] = file_sha256(
        stage_0 / 'seen/iter_2.pth')
    torch.save(plain, tmp_path / 'plain.pth')
    with pytest.raises(ValueError, match='decode_head.generator'):
        run(tmp_path / 'no_generator', staged('classifier'),
            bank_of(stage_0), max_iters=2, load_from=tmp_path / 'plain.pth')
    run(tmp_path / 'generator', staged('generator'), bank_of(stage_0),
        max_iters=2, load_from=stage_0 / 'seen/iter_2.pth')
    path = tmp_path / 'generator/iter_2.pth'
    checkpoint = torch.load(path, weights_only=False)
    assert checkpoint['meta']['dataset_meta']['extractor']
    checkpoint['meta']['dataset_meta']['extractor'] = 'f' * 64
    torch.save(checkpoint, path)
    with pytest.raises(ValueError, match='features of the network ffff'):
        run(tmp_path / 'other_bank', staged('classifier'), bank_of(stage_0),
            max_iters=2, load_from=path)
