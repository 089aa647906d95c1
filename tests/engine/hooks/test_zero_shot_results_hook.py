"""The results file of an evaluation."""
import json

import pytest
from mmengine.hooks import CheckpointHook, Hook

from mmseg_zeroshot.engine import ZeroShotResultsHook

from .tiny_run import TinyData, make_runner, model_config, plain_model_config

FIELDS = [
    'method', 'dataset', 'split', 'supervision', 'background', 'absent',
    'embeddings', 'seed', 'checkpoint', 'gamma', 'variant', 'inductive',
    'generalised', 'vanilla', 'vanilla_rule', 'per_class',
    'scored_files']
HOOKS = [dict(type='ZeroShotResultsHook', method='SPNet')]


def read(folder):
    return json.loads(
        (folder / 'zero_shot_results.json').read_text('utf-8'))


def test_training_and_testing_write_the_record(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    work_dir = tmp_path / 'work'
    runner = make_runner(work_dir, HOOKS, model=model_config(gamma=.25))
    runner.train()
    record = read(work_dir)
    assert list(record) == FIELDS
    assert record['method'] == 'SPNet'
    assert record['dataset'] == 'TinyData'
    assert (record['split'], record['supervision']) == ('pets', 'strict')
    assert (record['background'], record['absent']) == ('seen', 'skip')
    assert record['seed'] == 3
    assert record['gamma'] == .25
    assert record['inductive'] is True
    assert record['checkpoint'] == 'work/iter_2.pth'
    head = runner.model.decode_head
    assert record['embeddings'] == head.class_embeddings.fingerprint
    metric = runner.val_loop.evaluator.metrics[0]
    assert record['generalised'] == metric.record['generalised']
    assert [row['class'] for row in record['per_class']] == [
        'background', 'dog', 'cat', 'car']

    checkpoint = str(work_dir / 'iter_2.pth')
    tester = make_runner(tmp_path / 'test', HOOKS,
                         model=model_config(gamma=.25), load_from=checkpoint)
    metrics = tester.test()
    tested = read(tmp_path / 'test')
    assert tested['generalised'] == record['generalised']
    assert tested['checkpoint'] == 'work/iter_2.pth'
    assert metrics['hIoU'] == tested['generalised']['hIoU']


def test_checkpoint_outside_the_folder_keeps_its_name_only(tmp_path,
                                                           monkeypatch):
    make_runner(tmp_path / 'a', HOOKS).train()
    (tmp_path / 'b').mkdir()
    monkeypatch.chdir(tmp_path / 'b')
    make_runner(tmp_path / 'c', HOOKS,
                load_from=str(tmp_path / 'a/iter_2.pth')).test()
    assert read(tmp_path / 'c')['checkpoint'] == 'iter_2.pth'


def test_scores_of_unsaved_weights_say_so(tmp_path):
    make_runner(tmp_path, HOOKS, max_iters=1,
                checkpoint=dict(save_last=False)).train()
    assert read(tmp_path)['checkpoint'] == 'iter_1 (not saved)'


class Killed(Exception):
    """Stands for a kill."""


class Kill(Hook):
    """End a run when it begins to validate."""

    def before_val_epoch(self, runner):
        raise Killed


def epoch_runner(work_dir, hooks):
    """A run of one epoch, which is two iterations."""
    runner = make_runner(work_dir, hooks)
    runner._train_loop = dict(type='EpochBasedTrainLoop', max_epochs=1,
                              val_interval=1)
    saving = next(hook for hook in runner.hooks
                  if isinstance(hook, CheckpointHook))
    saving.by_epoch, saving.filename_tmpl = True, 'epoch_{}.pth'
    return runner


@pytest.mark.parametrize('make, name', [(make_runner, 'iter_2.pth'),
                                        (epoch_runner, 'epoch_1.pth')])
def test_a_kill_in_the_last_validation_costs_no_results(make, name,
                                                        tmp_path):
    first = make(tmp_path, HOOKS)
    first.register_hook(Kill())
    with pytest.raises(Killed):
        first.train()
    assert (tmp_path / name).exists()
    assert not (tmp_path / 'zero_shot_results.json').exists()
    second = make(tmp_path, HOOKS)
    second._resume = True
    second.train()
    assert read(tmp_path)['checkpoint'].endswith(name)


@pytest.mark.parametrize('val_begin, times', [(1, 1), (3, 0)])
def test_the_last_weights_are_validated_once(val_begin, times, tmp_path):
    runner = make_runner(tmp_path, HOOKS)
    runner._train_loop['val_begin'] = val_begin
    runner.train()
    rounds = runner.message_hub.log_scalars.get('val/hIoU')
    assert (0 if rounds is None else len(rounds.data[0])) == times
    assert (tmp_path / 'zero_shot_results.json').exists() is bool(times)


def test_plain_head_has_no_embeddings(tmp_path):
    hooks = [dict(type='ZeroShotResultsHook', method='plain',
                  supervision='oracle', dataset='pets val', variant=dict(n=5))]
    make_runner(tmp_path, hooks, model=plain_model_config()).train()
    record = read(tmp_path)
    assert record['embeddings'] is None and record['gamma'] == 0
    assert record['supervision'] == 'oracle'
    assert record['dataset'] == 'pets val'
    assert record['variant'] == {'n': 5}
    assert record['vanilla']['unseen']['mIoU'] is not None


def test_self_training_is_not_inductive(tmp_path):
    hooks = [dict(type='ZeroShotResultsHook', method='ZS5Net',
                  supervision='self-training')]
    make_runner(tmp_path, hooks).train()
    assert read(tmp_path)['inductive'] is False


def test_the_table_is_logged(tmp_path, caplog):
    runner = make_runner(tmp_path, HOOKS)
    runner.logger.addHandler(caplog.handler)
    runner.logger.setLevel('INFO')
    runner.train()
    assert 'SPNet (strict), pets' in caplog.text
    assert 'Unseen mIoU' in caplog.text


def test_wrapped_data_sets_are_named_by_the_inner_type(tmp_path):
    class ZeroShotWrapper(TinyData):
        def __init__(self):
            super().__init__(mode='keep')
            self.dataset = TinyData(None)

    make_runner(tmp_path, HOOKS, val=ZeroShotWrapper()).train()
    assert read(tmp_path)['dataset'] == 'TinyData'


def test_unknown_supervision_is_an_error():
    with pytest.raises(ValueError, match="no supervision 'fair'.*strict"):
        ZeroShotResultsHook(method='SPNet', supervision='fair')


def test_the_former_name_says_the_new_one():
    with pytest.raises(ValueError, match="write supervision='oracle'"):
        ZeroShotResultsHook(method='SPNet', label='oracle')


def test_evaluator_without_the_metric_is_an_error(tmp_path):
    runner = make_runner(tmp_path, HOOKS)
    runner._val_evaluator = dict(type='IoUMetric')
    with pytest.raises(ValueError, match='val_evaluator has no ZeroShotIoU'):
        runner.train()


@pytest.mark.parametrize('gamma', [.25, 0.])
def test_gamma_is_not_recorded_under_augmentation(gamma, tmp_path):
    runner = make_runner(tmp_path, HOOKS, model=dict(
        type='SegTTAModel', module=model_config(gamma=gamma)))
    hook = next(h for h in runner.hooks if isinstance(h, ZeroShotResultsHook))
    if gamma:
        with pytest.raises(ValueError, match='gamma is 0.25; test without'):
            runner.test()
    else:
        hook.before_run(runner)


def test_a_variant_holds_plain_values():
    with pytest.raises(ValueError, match=(
            r"variant\['n'\] must be a number or a text, got \[1, 5\]")):
        ZeroShotResultsHook(method='SPNet', variant=dict(n=[1, 5]))
