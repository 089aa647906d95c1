"""The label of an oracle's results in a config."""
from mmengine.config import Config

from mmseg_zeroshot.calibration.oracle import oracle_lines


def test_oracle_lines_reach_custom_hooks(tmp_path):
    hooks = [dict(type='ConsistencyHook'),
             dict(type='mmseg.ZeroShotResultsHook', method='x')]
    path = tmp_path / 'gamma.py'
    path.write_text(
        oracle_lines(Config(dict(custom_hooks=hooks))), 'utf-8')
    assert Config.fromfile(path).custom_hooks == [
        hooks[0], dict(hooks[1], supervision='oracle')]
    other = dict(default_hooks=dict(scores=dict(hooks[1])))
    assert oracle_lines(Config(other)) == (
        "default_hooks = dict(scores=dict(supervision='oracle'))\n")
    assert oracle_lines(Config(dict())) == ''
