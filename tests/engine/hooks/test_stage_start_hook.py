"""Which checkpoint a resumed stage goes on from."""

from types import SimpleNamespace

import pytest

from mmseg_zeroshot.engine import StageStartHook


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
