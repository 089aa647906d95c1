"""Recursive training in whole runs: schedule, log, resumption."""
import json
import logging

import pytest
import torch
from mmengine.hooks import LoggerHook
from mmengine.runner import Runner

from mmseg_zeroshot.engine import RecursionHook

from .tiny_run import make_runner, model_config


def retrained(**recursion) -> dict:
    """The tiny network with ZS3Net's head and, if asked for, recursion."""
    model = model_config()
    head = model['decode_head']
    head.update(
        type='GeneratorRetrainedHead', stage='joint', num_vectors=8,
        generator=dict(type='GMMNGenerator', hidden_dim=16, dropout=0.))
    if recursion:
        head['recursion'] = dict(type='ZSMMDLoss', **recursion)
    return model


def runner_of(work_dir, *, interval=2, max_iters=4, **recursion) -> Runner:
    runner = make_runner(
        work_dir, [dict(type='RecursionHook', interval=interval)],
        model=retrained(**recursion), max_iters=max_iters)
    runner.model.init_weights()
    runner.model._is_init = True
    # 'cat' (id 2) is what every generated vector is taken for.
    runner.model.decode_head.classifier.bias.data[2] = 20.
    return runner


def scalars(work_dir) -> list[dict]:
    path = next(work_dir.glob('*/vis_data/scalars.json'))
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_log_and_visualizer_say_what_was_selected(tmp_path, caplog):
    runner = runner_of(tmp_path, interval=1, tau=.5, gamma=.1, start=1)
    runner.logger.addHandler(caplog.handler)
    runner.logger.setLevel(logging.INFO)
    logger = next(h for h in runner.hooks if isinstance(h, LoggerHook))
    logger.interval = 1
    runner.train()
    rows = [row for row in scalars(tmp_path) if 'loss' in row]
    assert [row.get('selected/cat') for row in rows] == [None, None, 8, 8]
    assert all(.9 < row['confidence/cat'] <= 1 for row in rows[2:])
    assert ['decode.loss_zs_mmd' in row for row in rows] == [
        False, False, True, True]
    assert 'Recursion, per step, over 2 steps' in caplog.text
    assert 'selected next to all of cat (tau=0.5)' in caplog.text


def test_warns_where_nothing_is_selected(tmp_path, caplog):
    runner = runner_of(tmp_path, tau=.9, gamma=.1)
    runner.model.decode_head.classifier.bias.data[2] = -20.
    runner.logger.addHandler(caplog.handler)
    runner.train()
    assert 'next to nothing of cat (tau=0.9)' in caplog.text


def test_equal_weights_select_all_by_design(tmp_path, caplog):
    runner = runner_of(tmp_path, tau=.5, gamma=.1, weighting='equal')
    runner.logger.addHandler(caplog.handler)
    runner.train()
    assert 'next to' not in caplog.text


@pytest.mark.parametrize('start, max_iters', [(4, 4), (9, 4)])
def test_start_beyond_the_last_iteration_is_refused(start, max_iters,
                                                    tmp_path):
    runner = runner_of(tmp_path, tau=.5, gamma=.1, start=start,
                       max_iters=max_iters)
    before = runner.model.decode_head.classifier.weight.clone()
    with pytest.raises(ValueError, match=f'start={start}.* {max_iters} iter'):
        runner.train()
    assert torch.equal(before, runner.model.decode_head.classifier.weight)


def test_a_run_without_recursion_is_refused(tmp_path):
    runner = make_runner(tmp_path, [dict(type='RecursionHook')],
                         model=retrained())
    with pytest.raises(ValueError, match='has no recursion'):
        runner.train()


def test_interval_must_be_positive():
    with pytest.raises(ValueError, match='interval=0'):
        RecursionHook(interval=0)


def test_a_resumed_run_counts_iterations_from_its_first_start(tmp_path):
    first = runner_of(tmp_path, tau=.5, gamma=.1, start=2, max_iters=4)
    first.train()
    second = runner_of(tmp_path, tau=.5, gamma=.1, start=2, max_iters=7)
    second._resume = True
    second.train()
    hook = next(h for h in second.hooks if isinstance(h, RecursionHook))
    # Its own three steps are past the start; the first has nothing judged.
    assert hook._steps == 2
    assert second.iter == 7


def test_recursion_trains_the_generator_only(tmp_path):
    """Same seed, with and without: classifier losses differ later only."""
    weights = []
    for gamma in (0., 50.):
        runner = runner_of(tmp_path / str(gamma), tau=.5, gamma=gamma,
                           max_iters=2)
        runner.train()
        weights.append(runner.model.state_dict())
    changed = {key.split('.')[1] for key in weights[0]
               if not torch.equal(weights[0][key], weights[1][key])}
    assert 'generator' in changed and 'host' not in changed
