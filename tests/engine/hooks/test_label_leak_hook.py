"""No label of a hidden class may reach a loss."""
import pytest
import torch

from mmseg_zeroshot.engine import LabelLeakHook

from .tiny_run import (
    SPLIT,
    TinyData,
    make_runner,
    model_config,
    plain_model_config,
)

HOOKS = [dict(type='LabelLeakHook')]


def test_clean_training_runs(tmp_path):
    make_runner(tmp_path, HOOKS).train()
    assert (tmp_path / 'iter_2.pth').exists()


def test_unseen_label_stops_the_training(tmp_path):
    runner = make_runner(tmp_path, HOOKS, train=TinyData(poison=1))
    with pytest.raises(RuntimeError, match=(
            r"unseen class 'cat' \(id 2\) is in 5 pixels .* of 1.jpg")):
        runner.train()


def test_ignored_label_stops_the_training(tmp_path):
    split = {**SPLIT, 'unseen': ['car'], 'ignored': ['cat']}
    runner = make_runner(
        tmp_path, HOOKS, train=TinyData(split, poison=3),
        val=TinyData(split, mode='keep'), model=model_config(split))
    with pytest.raises(RuntimeError, match="ignored class 'cat'"):
        runner.train()


def test_plain_head_is_guarded_by_the_split_of_the_data(tmp_path):
    runner = make_runner(
        tmp_path, HOOKS, model=plain_model_config(),
        train=TinyData(poison=0))
    with pytest.raises(RuntimeError, match="'cat'.* of 0.jpg"):
        runner.train()


def test_no_split_anywhere_is_an_error(tmp_path):
    runner = make_runner(
        tmp_path, HOOKS, model=plain_model_config(), train=TinyData(None))
    with pytest.raises(ValueError, match='ZeroShotDataset'):
        runner.train()


def hook_on(poison):
    """A hook that has read the split, and one batch."""
    runner = type('Run', (), {})()
    runner.model = torch.nn.Identity()
    runner.train_dataloader = type('Loader', (), {})()
    runner.train_dataloader.dataset = TinyData(poison=poison)
    hook = LabelLeakHook()
    hook.before_train(runner)
    sample = runner.train_dataloader.dataset[0]['data_samples']
    return hook, runner, sample


def test_class_that_a_sample_may_show_is_let_through():
    hook, runner, sample = hook_on(poison=0)
    sample.set_metainfo(dict(visible_unseen_ids=(2, )))
    hook.before_train_iter(runner, 0, dict(data_samples=[sample]))
    sample.gt_sem_seg.data[0, 0, 0] = 3  # ignored classes never
    sample.set_metainfo(dict(visible_unseen_ids=(2, 3)))
    with pytest.raises(RuntimeError, match="ignored class 'car'"):
        hook.before_train_iter(runner, 0, dict(data_samples=[sample]))


def test_batches_without_label_maps_are_passed_over():
    hook, runner, sample = hook_on(poison=None)
    del sample.gt_sem_seg
    hook.before_train_iter(runner, 0, dict(data_samples=[sample]))
    hook.before_train_iter(runner, 0, dict(features=torch.zeros(2)))
