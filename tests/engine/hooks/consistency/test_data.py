"""Which layouts a supervision permits."""
import pytest

from mmseg_zeroshot.engine.hooks.consistency.data import check_layouts
from mmseg_zeroshot.semantics.supervision import get_supervision

from ..tiny_run import TinyData, make_runner


@pytest.mark.parametrize('meta, supervision', [
    ({}, 'strict'),
    (dict(layouts='strict'), 'strict'),
    (dict(layouts='strict'), 'paper'),
    (dict(layouts='label maps'), 'paper'),
    (dict(layouts='label maps'), 'released'),
    (dict(layouts='label maps'), 'oracle'),
    (dict(layouts='strict'), 'few-label'),
])
def test_layouts_that_the_supervision_permits(meta, supervision):
    check_layouts(meta, get_supervision(supervision))


@pytest.mark.parametrize('supervision', [
    'strict', 'self-training', 'few-label'])
def test_words_that_say_nothing_of_masks_are_refused(supervision):
    with pytest.raises(ValueError, match=(
            f"supervision='{supervision}' does not permit.*"
            "set layouts='strict' there, or supervision='paper'")):
        check_layouts(dict(layouts='label maps'),
                      get_supervision(supervision))


def test_a_strict_run_stops_before_the_first_step(tmp_path):
    data = TinyData()
    data.metainfo['layouts'] = 'label maps'
    runner = make_runner(tmp_path, [dict(type='ConsistencyHook')], train=data)
    with pytest.raises(ValueError, match="layouts from label maps .*'strict'"
                       ".*supervision='paper'"):
        runner.train()
