"""Head, data and checkpoint that do not belong together stop a run."""
import logging
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
import torch
from mmseg.registry import MODELS

from mmseg_zeroshot.engine.hooks.consistency.choices import check_choices
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.semantics.supervision import get_supervision

from ..tiny_run import (
    HOST,
    SPLIT,
    TinyData,
    make_runner,
    model_config,
    plain_model_config,
)

HOOKS = [dict(type='ConsistencyHook')]
TRUST = [dict(type='ConsistencyHook', trust_checkpoint=True)]
ORACLE = [*HOOKS, dict(
    type='ZeroShotResultsHook', method='x', supervision='oracle')]
OTHER = {**SPLIT, 'unseen': ['dog'], 'name': 'other'}
SUPERVISED = dict(
    classes=SPLIT['classes'], ignored=SPLIT['ignored'],
    name='supervised', fully_supervised=True)


def run(kind, tmp_path, hooks=HOOKS, **arguments):
    runner = make_runner(tmp_path, hooks, **arguments)
    getattr(runner, kind)()
    return runner


@pytest.fixture(scope='module')
def trained(tmp_path_factory):
    """A checkpoint of the tiny run."""
    folder = tmp_path_factory.mktemp('trained')
    run('train', folder)
    return folder / 'iter_2.pth'


def edited(trained, folder, change, *, meta=True):
    """Write the checkpoint with another state dict."""
    checkpoint = torch.load(trained, weights_only=False)
    checkpoint['state_dict'] = change(checkpoint['state_dict'])
    if not meta:
        checkpoint = dict(state_dict=checkpoint['state_dict'])
    torch.save(checkpoint, folder / 'edited.pth')
    return str(folder / 'edited.pth')


def test_agreeing_parts_run(trained, tmp_path):
    run('test', tmp_path, load_from=str(trained))


def test_head_and_data_with_other_splits(tmp_path):
    with pytest.raises(ValueError, match=(
            "decode_head .*'pets' and train_dataloader.dataset has 'other': "
            "cat, dog differs in 'unseen'")):
        run('train', tmp_path, train=TinyData(OTHER))


def test_training_and_validation_data_with_other_splits(tmp_path):
    with pytest.raises(ValueError, match='val_dataloader'):
        run('train', tmp_path, model=plain_model_config(),
            val=TinyData(OTHER, mode='keep'))


def test_data_without_a_split(tmp_path):
    with pytest.raises(ValueError, match=r'\(TinyData\) has no split'):
        run('train', tmp_path, train=TinyData(None))


def test_modes_that_do_not_fit_the_loop(tmp_path):
    with pytest.raises(ValueError, match="train_dataloader.*mode 'keep'"):
        run('train', tmp_path, train=TinyData(mode='keep'))
    with pytest.raises(ValueError, match="val_dataloader.*mode 'drop'"):
        run('train', tmp_path, val=TinyData(mode='drop'))


def test_released_code_trains_on_masks_of_unseen_classes(tmp_path):
    hooks = [dict(type='ConsistencyHook'),
             dict(type='ZeroShotResultsHook', method='x',
                  supervision='released')]
    run('train', tmp_path, hooks, train=TinyData(mode='keep'))
    assert (tmp_path / 'iter_2.pth').exists()


@pytest.mark.parametrize('key', [
    'hIoU', 'unseen_mIoU', 'overall_mIoU', 'vanilla_unseen_mIoU', 'auto',
    'mIoU', 'seen_mIoU_of_cat'])
def test_checkpoints_are_not_chosen_by_unseen_scores(key, tmp_path):
    with pytest.raises(ValueError, match=(
            f"CheckpointHook has save_best='{key}'.*seen_mIoU")):
        run('train', tmp_path,
            checkpoint=dict(save_best=key, rule='greater'))


@pytest.mark.parametrize('key', ['hIoU', 'unseen_loss', 'overall_PA'])
def test_training_is_not_stopped_by_unseen_scores(key, tmp_path):
    stop = dict(type='EarlyStoppingHook', monitor=key, rule='greater')
    with pytest.raises(ValueError, match=(
            f"EarlyStoppingHook has monitor='{key}'.*monitor='seen_mIoU'")):
        run('train', tmp_path / 'strict', [*HOOKS, stop])
    run('train', tmp_path / 'oracle', [*ORACLE, stop])


@pytest.mark.parametrize('key, allowed', [
    ('hIoU', False), ('x/seen_mIoU', True), ('decode.loss_ce', True)])
def test_rate_is_not_reduced_by_unseen_scores(key, allowed):
    scheduler = SimpleNamespace(monitor=key)
    split = ClassSplit.from_dict(SPLIT)
    for schedulers in ([scheduler], dict(optimizer=[scheduler])):
        runner = SimpleNamespace(hooks=[], param_schedulers=schedulers)
        with nullcontext() if allowed else pytest.raises(
                ValueError, match=f"monitor='{key}'"):
            check_choices(runner, split, get_supervision('strict'))
        check_choices(runner, split, get_supervision('oracle'))


def test_checkpoints_may_be_chosen_by_seen_scores(tmp_path):
    run('train', tmp_path,
        checkpoint=dict(save_best='seen_mIoU', rule='greater'))
    assert list(tmp_path.glob('best_seen_mIoU*'))


@pytest.mark.parametrize('hooks, held_out', [
    (ORACLE, False), (HOOKS, True)])
def test_oracle_and_held_out_classes_may_choose(hooks, held_out, tmp_path):
    split = {**SPLIT, 'held_out': held_out}
    run('train', tmp_path, hooks, model=model_config(split),
        train=TinyData(split), val=TinyData(split, mode='keep'),
        checkpoint=dict(save_best='hIoU', rule='greater'))


def test_a_name_does_not_hold_classes_out(tmp_path):
    split = {**SPLIT, 'name': 'pets-cv'}
    with pytest.raises(ValueError, match="save_best='hIoU'"):
        run('train', tmp_path, model=model_config(split),
            train=TinyData(split), val=TinyData(split, mode='keep'),
            checkpoint=dict(save_best='hIoU', rule='greater'))


def test_supervised_head_on_zero_shot_data_is_an_oracle(tmp_path):
    arguments = dict(
        model=model_config(SUPERVISED), train=TinyData(SUPERVISED))
    run('train', tmp_path / 'oracle', ORACLE, **arguments)
    with pytest.raises(ValueError, match="differs in 'unseen'"):
        run('train', tmp_path / 'strict', **arguments)


def test_checkpoint_trained_on_the_unseen_class(tmp_path):
    run('train', tmp_path, model=model_config(OTHER), train=TinyData(OTHER),
        val=TinyData(OTHER, mode='keep'))
    checkpoint = str(tmp_path / 'iter_2.pth')
    for kind in ('train', 'test'):
        with pytest.raises(ValueError, match=(
                "trained with labels of cat .*'other'.*calls unseen")):
            run(kind, tmp_path / kind, load_from=checkpoint)
    run('test', tmp_path / 'oracle', ORACLE, load_from=checkpoint)


def test_checkpoint_of_cross_validation_starts_but_is_not_scored(tmp_path):
    held_out = {**SPLIT, 'unseen': ['dog'], 'ignored': ['cat', 'car'],
                'name': 'pets-cv'}

    class Background(TinyData):
        def __getitem__(self, index):
            item = super().__getitem__(index)
            item['data_samples'].gt_sem_seg.data.fill_(0)
            return item

    run('train', tmp_path, model=model_config(held_out),
        train=Background(held_out), val=TinyData(held_out, mode='keep'))
    checkpoint = str(tmp_path / 'iter_2.pth')
    run('train', tmp_path / 'retrain', load_from=checkpoint)
    with pytest.raises(ValueError, match="'pets-cv'.*unseen classes are"):
        run('test', tmp_path / 'test', load_from=checkpoint)


def test_checkpoint_of_another_vocabulary(trained, tmp_path):
    split = dict(classes=('background', 'dog', 'cat', 'bus'),
                 unseen=['cat'], ignored=['bus'])
    val = TinyData(split, mode='keep')
    with pytest.raises(ValueError, match='another vocabulary.*car.*bus'):
        run('test', tmp_path, model=model_config(split), val=val,
            load_from=str(trained))


@pytest.mark.parametrize('prefix, advice', [
    ('model.', "start with 'model.': strip"),
    ('student.net.', "start with 'student.net.'")])
def test_wrong_prefix_is_an_error_that_says_so(trained, tmp_path, prefix,
                                               advice):
    path = edited(trained, tmp_path, lambda state: {
        prefix + key: value for key, value in state.items()})
    with pytest.raises(ValueError, match=f'(?s)lacks .*backbone.*{advice}'):
        run('train', tmp_path, load_from=path)


def test_checkpoint_of_the_backbone_alone(trained, tmp_path):
    start = 'backbone.'
    path = edited(trained, tmp_path, lambda state: {
        key[len(start):]: value for key, value in state.items()
        if key.startswith(start)}, meta=False)
    with pytest.raises(ValueError, match=(
            r"weights of 'backbone' alone.*backbone=dict\(init_cfg")):
        run('train', tmp_path, load_from=path)


def test_missing_weights_are_named_up_to_five(trained, tmp_path):
    path = edited(trained, tmp_path, lambda state: {
        key: value for key, value in state.items()
        if not key.startswith('decode_head.host.')})
    with pytest.raises(ValueError, match=(
            'lacks .*decode_head.host')) as error:
        run('train', tmp_path, load_from=path)
    assert str(error.value).count('decode_head.host') <= 6


def test_module_prefix_of_ddp_is_stripped(trained, tmp_path):
    path = edited(trained, tmp_path, lambda state: {
        'module.' + key: value for key, value in state.items()})
    run('test', tmp_path, load_from=path)


def test_bare_state_dict_is_taken(trained, tmp_path):
    state = torch.load(trained, weights_only=False)['state_dict']
    torch.save(dict(state), tmp_path / 'bare.pth')
    runner = run(
        'test', tmp_path, TRUST, load_from=str(tmp_path / 'bare.pth'))
    key = 'decode_head.projection.weight'
    assert torch.equal(runner.model.state_dict()[key], state[key])


def test_plain_checkpoint_of_the_host_is_taken(tmp_path, caplog):
    torch.manual_seed(5)
    plain = MODELS.build(plain_model_config())
    torch.save(dict(state_dict=plain.state_dict()), tmp_path / 'plain.pth')
    runner = run(
        'train', tmp_path, TRUST, load_from=str(tmp_path / 'plain.pth'),
        max_iters=1)
    assert runner.iter == 1


def test_host_of_another_shape_is_an_error(trained, tmp_path):
    model = model_config()
    model['decode_head']['host'] = dict(HOST, kernel_size=5)
    with pytest.raises(ValueError, match=(
            r'host.convs.0.conv.weight is \(8, 8, 3, 3\) in the checkpoint '
            r'and \(8, 8, 5, 5\)')):
        run('train', tmp_path, model=model, load_from=str(trained))


def without_projection(state):
    return {key: value for key, value in state.items()
            if 'projection' not in key}


def test_untrained_classifier_is_not_scored(trained, tmp_path):
    path = edited(trained, tmp_path, without_projection)
    run('train', tmp_path / 'train', load_from=path)
    with pytest.raises(ValueError, match='decode_head.projection.weight'):
        run('test', tmp_path / 'test', load_from=path)


def test_parts_that_a_stage_adds_may_be_missing(trained, tmp_path,
                                                monkeypatch):
    path = edited(trained, tmp_path, lambda state: {
        key: value for key, value in state.items()
        if 'host.convs' not in key})
    with pytest.raises(ValueError, match='host.convs'):
        run('train', tmp_path / 'strict', load_from=path)
    monkeypatch.setattr(
        MODELS.get('ZeroShotSegmentor'), 'allowed_missing',
        (r'\.host\.convs\.', ))
    run('train', tmp_path / 'train', load_from=path)
    with pytest.raises(ValueError, match='host.convs'):
        run('test', tmp_path / 'test', load_from=path)


def test_labels_of_a_plain_data_set_are_warned_of(trained, tmp_path, caplog):
    checkpoint = torch.load(trained, weights_only=False)
    checkpoint['meta']['dataset_meta'] = dict(classes=SPLIT['classes'])
    torch.save(checkpoint, tmp_path / 'other.pth')
    runner = make_runner(
        tmp_path, TRUST, load_from=str(tmp_path / 'other.pth'))
    runner.logger.addHandler(caplog.handler)
    with caplog.at_level(logging.WARNING):
        runner.test()
    assert 'classes cat, which split' in caplog.text
