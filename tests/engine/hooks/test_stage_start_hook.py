"""Which checkpoint a resumed stage goes on from."""

from types import SimpleNamespace

import pytest

from mmseg_zeroshot.engine import StageStartHook
from mmseg_zeroshot.engine.hooks import stage_start_hook


@pytest.mark.parametrize('resume, load_from, begun, expected', [
    # The stage's own checkpoint wins over the one that it started from.
    (True, 'step0.pth', True, (True, None)),
    # Nothing of the stage is there: start it.
    (True, 'step0.pth', False, (False, 'step0.pth')),
    (False, 'step0.pth', True, (False, 'step0.pth')),
    (True, None, True, (True, None)),
])
def test_resume_of_a_stage(tmp_path, resume, load_from, begun, expected):
    if begun:
        (tmp_path / 'last_checkpoint').write_text('iter_5.pth')
    runner = SimpleNamespace(_resume=resume, _load_from=load_from,
                             work_dir=str(tmp_path))
    StageStartHook().before_run(runner)
    assert (runner._resume, runner._load_from) == expected




@pytest.mark.parametrize('resume, training, restarts', [
    (False, True, True), (True, True, False), (False, False, False)])
def test_a_part_starts_anew_only_where_the_stage_starts(
        resume, training, restarts, monkeypatch):
    monkeypatch.setattr(stage_start_hook, 'is_training',
                        lambda runner: training)
    hook = StageStartHook(restart=['decode_head.classifier'])
    state = {'decode_head.classifier.weight': 1, 'decode_head.generator.w': 2}
    hook.after_load_checkpoint(
        SimpleNamespace(_resume=resume), dict(state_dict=state))
    assert ('decode_head.classifier.weight' not in state) is restarts
    assert 'decode_head.generator.w' in state


def test_an_unknown_part_is_named(monkeypatch):
    monkeypatch.setattr(stage_start_hook, 'is_training', lambda runner: True)
    with pytest.raises(ValueError, match="restart='decode_head.conv'"):
        StageStartHook(restart=['decode_head.conv']).after_load_checkpoint(
            SimpleNamespace(_resume=False), dict(state_dict={'a.b': 1}))
