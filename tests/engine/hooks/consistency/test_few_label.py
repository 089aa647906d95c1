"""Few-label runs state what they were shown."""
import json

import pytest
import torch

from ..tiny_run import TinyData, make_runner, model_config, plain_model_config

DRAWN = dict(num_images=2, seed=0, draw_seen=True,
             images=dict(cat=['0.jpg', '1.jpg']))


class FewData(TinyData):
    """The unseen class (id 2) is visible in each image."""

    def __init__(self, drawn=DRAWN, shows=True):
        super().__init__(mode='few')
        self.metainfo['few_label'] = drawn
        self.shows = shows

    def __getitem__(self, index):
        item = super().__getitem__(index)
        sample = item['data_samples']
        sample.gt_sem_seg.data[0, :8] = 2
        sample.set_metainfo(dict(visible_unseen_ids=(2, ) * self.shows))
        return item


def hooks(supervision='few-label', **variant):
    return [dict(type='ConsistencyHook'), dict(type='LabelLeakHook'),
            dict(type='ZeroShotResultsHook', method='SPNet',
                 supervision=supervision,
                 variant=variant)]


def few_model(trains_unseen=True):
    model = model_config()
    model['decode_head']['trains_unseen'] = trains_unseen
    return model


def few_run(folder, **changes):
    return make_runner(folder, **dict(dict(
        hooks=hooks(n=2), model=few_model(), train=FewData()), **changes))


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp('few')
    runner = few_run(folder)
    runner.train()
    return folder / 'iter_2.pth'


def test_the_shown_class_is_trained_and_the_record_says_so(checkpoint):
    record = json.loads(
        (checkpoint.parent / 'zero_shot_results.json').read_text())
    assert record['supervision'] == 'few-label'
    assert record['variant'] == {'n': 2}
    meta = torch.load(checkpoint, weights_only=False)['meta']
    assert meta['dataset_meta']['few_label'] == DRAWN
    assert meta['zero_shot_supervision'] == 'few-label'


def test_a_plain_network_is_fine_tuned_too(tmp_path):
    few_run(tmp_path, model=plain_model_config()).train()


@pytest.mark.parametrize('changes, message', [
    (dict(hooks=hooks('strict', n=2)),
     "supervision is 'strict'; set supervision="),
    (dict(hooks=hooks(n=5)), r'variant=dict\(n=2\) there'),
    (dict(hooks=hooks()), r'but ZeroShotResultsHook has variant=\{\}'),
    (dict(train=TinyData()), "has mode 'ignore'; set mode='few'"),
    (dict(model=few_model(False)), 'decode_head.trains_unseen=True'),
])
def test_data_supervision_and_head_must_agree(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        few_run(tmp_path, **changes).train()


def test_a_label_that_is_not_announced_stops_the_run(tmp_path):
    with pytest.raises(RuntimeError, match="unseen class 'cat'"):
        few_run(tmp_path, train=FewData(shows=False)).train()


@pytest.mark.parametrize('supervision', ['strict', 'paper', 'self-training'])
def test_no_stricter_run_may_load_it(tmp_path, checkpoint, supervision):
    with pytest.raises(ValueError, match=(
            'was trained under supervision=.few-label')):
        make_runner(tmp_path, hooks(supervision),
                    load_from=str(checkpoint)).train()


def test_without_the_word_the_mode_tells(tmp_path, checkpoint):
    stored = torch.load(checkpoint, weights_only=False)
    del stored['meta']['zero_shot_supervision']
    path = tmp_path / 'unlabelled.pth'
    torch.save(stored, path)
    with pytest.raises(ValueError, match=(
            "split_mode='few', that is with masks of cat.*"
            "set supervision='few-label'")):
        make_runner(tmp_path, hooks('strict'), load_from=str(path)).test()


def test_a_zero_label_checkpoint_starts_it(tmp_path):
    make_runner(tmp_path / 'zero', hooks('strict')).train()
    start = tmp_path / 'zero/iter_2.pth'
    few_run(tmp_path / 'few', load_from=str(start)).train()
    with pytest.raises(ValueError, match='trained on no drawn image'):
        few_run(tmp_path / 'test', load_from=str(start)).test()


def test_another_draw_would_be_more_labels(tmp_path, checkpoint):
    few_run(tmp_path / 'same', load_from=str(checkpoint)).train()
    other = FewData(dict(DRAWN, seed=1, images=dict(cat=['2.jpg', '3.jpg'])))
    with pytest.raises(ValueError, match=r'other drawn images \(n=2, seed 0'):
        few_run(tmp_path, train=other, load_from=str(checkpoint)).train()


def test_a_test_states_the_right_n(tmp_path, checkpoint):
    few_run(tmp_path, load_from=str(checkpoint)).test()
    with pytest.raises(ValueError, match='n=5, but .* trained on n=2, seed 0'):
        few_run(tmp_path, hooks=hooks(n=5), load_from=str(checkpoint)).test()
