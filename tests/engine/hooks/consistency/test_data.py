"""Which layouts a label permits."""
import pytest

from mmseg_zeroshot.engine.hooks.consistency.data import check_layouts

from ..tiny_run import TinyData, make_runner


@pytest.mark.parametrize('meta, label', [
    ({}, 'strict'),
    (dict(layouts='strict'), 'strict'),
    (dict(layouts='strict'), 'paper'),
    (dict(layouts='label maps'), 'paper'),
    (dict(layouts='label maps'), 'released'),
    (dict(layouts='label maps'), 'oracle'),
    (dict(layouts='strict'), 'few-label'),
])
def test_layouts_that_the_label_permits(meta, label):
    check_layouts(meta, label)


@pytest.mark.parametrize('label', ['strict', 'self-training', 'few-label'])
def test_labels_that_say_nothing_of_masks_are_refused(label):
    with pytest.raises(ValueError, match=f"label='{label}' does not permit.*"
                       "set layouts='strict' there, or label='paper'"):
        check_layouts(dict(layouts='label maps'), label)


def test_a_strict_run_stops_before_the_first_step(tmp_path):
    data = TinyData()
    data.metainfo['layouts'] = 'label maps'
    runner = make_runner(tmp_path, [dict(type='ConsistencyHook')], train=data)
    with pytest.raises(ValueError, match="layouts from label maps .*'strict'"
                       ".*label='paper'"):
        runner.train()
