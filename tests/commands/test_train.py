"""Mixed precision is refused at once where it cannot run."""
import pytest
from mmengine import device

from mmseg_zeroshot.commands import train
from mmseg_zeroshot.utils.mixed_precision import why_no_amp

KINDS = ('cuda', 'npu', 'mlu', 'musa')


@pytest.fixture
def calls(monkeypatch):
    """Calls of mmseg's tool, on a machine without a device."""
    for kind in KINDS:
        monkeypatch.setattr(device, f'is_{kind}_available', lambda: False)
    made = []
    monkeypatch.setattr(train, 'run_mmseg_tool',
                        lambda *call: made.append(call) or 0)
    return made


@pytest.mark.parametrize('argv', [
    ['config.py', '--amp', '--resume'], ['--am', 'config.py'],
    ['config.py', '--cfg-options', 'optim_wrapper.type=AmpOptimWrapper']])
def test_without_a_gpu(calls, capsys, argv):
    assert train.main(argv) == 1
    said = capsys.readouterr().err
    assert said == ('error: mixed precision (--amp, AmpOptimWrapper) needs a '
                    'GPU, and PyTorch finds none here: leave it out\n')
    assert not calls


@pytest.mark.parametrize('kind', KINDS)
def test_with_a_device(calls, monkeypatch, kind):
    monkeypatch.setattr(device, f'is_{kind}_available', lambda: True)
    assert why_no_amp() == ''
    assert train.main(['config.py', '--amp']) == 0
    assert calls == [('train.py', ['config.py', '--amp'])]


@pytest.mark.parametrize('argv', [
    [], ['--help'], ['config.py', '--resume'],
    ['config.py', '--cfg-options', 'a.b=1']])
def test_other_calls_are_mmseg_s_own(calls, argv):
    assert train.main(argv) == 0
    assert calls == [('train.py', argv)]
