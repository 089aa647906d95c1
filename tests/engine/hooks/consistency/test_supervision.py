"""Weights that used more supervision than the run states are refused."""
import pytest
import torch

from mmseg_zeroshot.engine.hooks.runner_access import run_split
from mmseg_zeroshot.semantics import build_split

from ..tiny_run import (
    SPLIT,
    TinyData,
    make_runner,
    model_config,
    plain_model_config,
)

OTHER = {**SPLIT, 'unseen': ['dog'], 'name': 'other'}
TRUST = [dict(type='ConsistencyHook', trust_checkpoint=True)]


def stated(supervision):
    return [dict(type='ConsistencyHook'),
            dict(type='ZeroShotResultsHook', method='x',
                 supervision=supervision)]


def load(path, folder, hooks=None, **arguments):
    """Load a checkpoint for a test, with the loop that is there by then."""
    runner = make_runner(folder, hooks or stated('strict'), **arguments)
    runner._test_loop = runner.build_test_loop(runner._test_loop)
    runner.load_checkpoint(str(path))
    return runner


@pytest.fixture(scope='module')
def released(tmp_path_factory):
    """A checkpoint that was trained on masks of the unseen class."""
    folder = tmp_path_factory.mktemp('released')
    make_runner(folder, stated('released'), max_iters=2,
                train=TinyData(mode='keep')).train()
    return folder / 'iter_2.pth'


@pytest.fixture(scope='module')
def plain(tmp_path_factory):
    """A checkpoint of a plain head, trained on the class cat."""
    folder = tmp_path_factory.mktemp('plain')
    make_runner(folder, stated('strict'), model=plain_model_config(),
                train=TinyData(OTHER), val=TinyData(OTHER, 'keep')).train()
    return folder / 'iter_2.pth'


def edited(path, folder, change):
    checkpoint = torch.load(path, weights_only=False)
    change(checkpoint)
    torch.save(checkpoint, folder / 'edited.pth')
    return folder / 'edited.pth'


def test_masks_of_unseen_classes_are_not_strict(released, tmp_path):
    path = edited(released, tmp_path, lambda checkpoint: (
        checkpoint['meta'].pop('zero_shot_supervision')))
    for supervision in ('strict', 'paper'):
        with pytest.raises(ValueError, match=(
                "split_mode='keep'.*masks of cat, .*'pets'.*"
                f"supervision='{supervision}'.*mode='drop'")):
            load(path, tmp_path, stated(supervision))
    for supervision in ('released', 'oracle'):
        load(path, tmp_path, stated(supervision))


MAY_LOAD = dict(
    strict={'strict'}, paper={'strict', 'paper'},
    released={'strict', 'paper', 'released', 'self-training', 'oracle'},
    oracle={'strict', 'paper', 'released', 'self-training', 'oracle'})
MAY_LOAD['self-training'] = {'strict', 'self-training'}


@pytest.mark.parametrize('supervision', MAY_LOAD)
def test_supervision_travels_in_the_checkpoint(
        released, tmp_path, supervision):
    stored = torch.load(released, weights_only=False)['meta']
    assert stored['zero_shot_supervision'] == 'released'
    for other in MAY_LOAD['oracle']:
        def change(checkpoint, other=other):
            checkpoint['meta']['zero_shot_supervision'] = other
            checkpoint['meta']['dataset_meta']['split_mode'] = 'drop'
        path = edited(released, tmp_path, change)
        if other in MAY_LOAD[supervision]:
            load(path, tmp_path, stated(supervision))
            continue
        with pytest.raises(ValueError, match=(
                f"under supervision='{other}' and this run has "
                f"supervision='{supervision}'")):
            load(path, tmp_path, stated(supervision))


def test_a_checkpoint_of_an_older_version_states_it_too(released, tmp_path):
    def change(checkpoint):
        meta = checkpoint['meta']
        meta['zero_shot_label'] = meta.pop('zero_shot_supervision')
        meta['dataset_meta']['split_mode'] = 'drop'

    path = edited(released, tmp_path, change)
    with pytest.raises(ValueError, match="under supervision='released'"):
        load(path, tmp_path, stated('paper'))


def test_plain_head_is_compared_by_the_data(plain, tmp_path):
    message = "trained with labels of cat .*'other'.*'pets' of this run"
    with pytest.raises(ValueError, match=message):
        load(plain, tmp_path, model=plain_model_config())
    with pytest.raises(ValueError, match=message):
        make_runner(tmp_path, stated('strict'), load_from=str(plain),
                    model=plain_model_config()).train()


def test_split_is_found_before_the_loops_are_built(tmp_path):
    config = dict(type='ConcatDataset', datasets=[
        dict(type='ZeroShotDataset', split=OTHER)])
    runner = make_runner(tmp_path, [], model=plain_model_config())
    assert run_split(runner) == build_split(SPLIT)
    runner._train_dataloader = dict(dataset=config)
    assert run_split(runner) == build_split(OTHER)


def test_classifier_of_another_size_is_not_scored(plain, tmp_path):
    def grow(checkpoint):
        for name in ('weight', 'bias'):
            key = f'decode_head.conv_seg.{name}'
            value = checkpoint['state_dict'][key]
            checkpoint['state_dict'][key] = torch.cat([value, value])
    path = edited(plain, tmp_path, grow)
    arguments = dict(model=plain_model_config(),
                     val=TinyData(OTHER, mode='keep'))
    with pytest.raises(ValueError, match=(
            r'conv_seg.weight is \(8, 8, 1, 1\) in the checkpoint and '
            r'\(4, 8, 1, 1\) in the model')):
        load(path, tmp_path, **arguments)


def without_meta(checkpoint):
    checkpoint['meta'] = {}


def with_classes(checkpoint):
    checkpoint['meta'] = dict(dataset_meta=dict(classes=SPLIT['classes']))


@pytest.mark.parametrize('change', [without_meta, with_classes])
def test_unstated_training_needs_trust(released, tmp_path, change):
    path = edited(released, tmp_path, change)
    for supervision in ('strict', 'paper'):
        with pytest.raises(ValueError, match=(
                "labels of cat, which split 'pets'.*trust_checkpoint=True")):
            load(path, tmp_path, stated(supervision))
    load(path, tmp_path, stated('released'))
    load(path, tmp_path, TRUST)


def test_backbone_alone_needs_no_trust(plain, tmp_path):
    def strip(checkpoint):
        checkpoint.update(meta={}, state_dict={
            key: value for key, value in checkpoint['state_dict'].items()
            if key.startswith('backbone.')})
    path = edited(plain, tmp_path, strip)
    runner = make_runner(
        tmp_path, stated('strict'), model=plain_model_config(),
        load_from=str(path), max_iters=1)
    runner.train()
    assert runner.iter == 1


def test_model_of_the_checkpoint_is_unchanged(released, tmp_path):
    """A label as permissive as the checkpoint's takes its weights."""
    runner = load(released, tmp_path, stated('released'),
                  model=model_config())
    key = 'decode_head.projection.weight'
    state = torch.load(released, weights_only=False)['state_dict']
    assert torch.equal(runner.model.state_dict()[key], state[key])
