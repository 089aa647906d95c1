"""Runs on pseudo-labels say so, and say which."""
import json

import pytest

from ..tiny_run import TinyData, make_runner, model_config, plain_model_config

PSEUDO = dict(path='pseudo', p=25., supervision='strict', round=1)


class PseudoData(TinyData):
    """The unseen class (id 2) has pseudo-labels in each image."""

    def __init__(self, **changes):
        super().__init__()
        self.metainfo['pseudo_labels'] = dict(PSEUDO, **changes)

    def __getitem__(self, index):
        item = super().__getitem__(index)
        sample = item['data_samples']
        sample.gt_sem_seg.data[0, :8] = 2
        sample.set_metainfo(dict(visible_unseen_ids=(2, )))
        return item


def hooks(supervision='self-training'):
    return [dict(type='ConsistencyHook'), dict(type='LabelLeakHook'),
            dict(type='ZeroShotResultsHook', method='ZS5Net',
                 supervision=supervision)]


def self_training_model():
    model = model_config()
    model['decode_head']['trains_unseen'] = True
    return model


def record(folder):
    return json.loads((folder / 'zero_shot_results.json').read_text())


@pytest.mark.parametrize('number, variant', [
    (1, dict(p=25.)), (2, dict(p=25., round=2))])
def test_p_is_recorded_in_training_and_in_tests(tmp_path, number, variant):
    runner = make_runner(tmp_path, hooks(), model=self_training_model(),
                         train=PseudoData(round=number))
    runner.train()
    trained = record(tmp_path)
    assert trained['supervision'] == 'self-training'
    assert not trained['inductive']
    assert trained['variant'] == variant
    tested = make_runner(
        tmp_path / 'test', hooks(), model=self_training_model(),
        load_from=str(tmp_path / 'iter_2.pth'))
    tested.test()
    assert record(tmp_path / 'test')['variant'] == variant
    assert record(tmp_path / 'test')['generalised'] == trained['generalised']


def test_other_runs_have_no_p(tmp_path):
    make_runner(tmp_path, hooks('strict')).train()
    assert record(tmp_path)['variant'] == {}


def test_pseudo_labels_need_their_supervision(tmp_path):
    runner = make_runner(tmp_path, hooks('strict'),
                         model=self_training_model(), train=PseudoData())
    with pytest.raises(ValueError, match=(
            "pseudo-labels pseudo come from .* the supervision is 'strict'; "
            "set supervision='self-training'")):
        runner.train()


def test_pseudo_labels_of_a_model_that_saw_masks_are_refused(tmp_path):
    runner = make_runner(
        tmp_path, hooks(), model=self_training_model(),
        train=PseudoData(supervision='released'))
    with pytest.raises(ValueError, match=(
            "trained under supervision='released' .*the model that made "
            'pseudo-labels pseudo')):
        runner.train()


def test_the_head_must_learn_them(tmp_path):
    runner = make_runner(tmp_path, hooks(), train=PseudoData())
    with pytest.raises(ValueError, match=(
            'SemanticProjectionHead. leaves out of its loss; set '
            "stage='self-training' or trains_unseen=True")):
        runner.train()


def test_a_plain_head_learns_them(tmp_path):
    make_runner(tmp_path, hooks(), model=plain_model_config(),
                train=PseudoData()).train()
    assert record(tmp_path)['variant'] == dict(p=25.)


def test_no_strict_run_starts_from_a_self_trained_model(tmp_path):
    make_runner(tmp_path, hooks(), model=self_training_model(),
                train=PseudoData()).train()
    runner = make_runner(tmp_path / 'b', hooks('strict'),
                         load_from=str(tmp_path / 'iter_2.pth'))
    with pytest.raises(ValueError, match="under supervision='self-training'"):
        runner.train()
