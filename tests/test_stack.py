import subprocess
import sys

import pytest

from mmseg_zeroshot import _stack

ONEDL = {'onedl-mmcv', 'onedl-mmengine', 'onedl-mmsegmentation'}


def test_one_stack_is_fine():
    for installed in (ONEDL, {'mmcv-lite', 'mmengine', 'mmsegmentation'}):
        overlaps = _stack.overlapping_distributions(installed)
        assert overlaps == {}
        _stack.check_stack([], overlaps)


def test_this_installation_is_found():
    assert _stack.missing_modules() == []
    owners = _stack.installed_distributions()
    assert len(owners) == 3


@pytest.mark.parametrize('gone', ['mmcv', 'mmengine', 'mmseg'])
def test_a_missing_module_names_the_extra(gone):
    missing = _stack.missing_modules(lambda name: name != gone)
    assert missing == [gone]
    with pytest.raises(ImportError) as error:
        _stack.check_stack(missing, {})
    message = str(error.value)
    assert f'but {gone} cannot be imported' in message
    assert "pip install 'mmseg-zeroshot[onedl]'" in message
    assert "pip install 'mmseg-zeroshot[openmmlab]'" in message


@pytest.mark.parametrize('second, module', [
    ('mmsegmentation', 'mmseg'), ('mmengine', 'mmengine'),
    ('mmengine-lite', 'mmengine'), ('mmcv', 'mmcv'), ('mmcv-lite', 'mmcv'),
])
def test_two_stacks_are_an_error_with_the_fix(second, module):
    overlaps = _stack.overlapping_distributions({*ONEDL, second})
    assert list(overlaps) == [module]
    with pytest.raises(ImportError) as error:
        _stack.check_stack([], overlaps)
    message = str(error.value)
    assert f' and {second}' in message
    uninstall = next(line for line in message.splitlines()
                     if 'pip uninstall -y' in line)
    assert {*ONEDL, second} <= set(uninstall.split())
    assert "pip install 'mmseg-zeroshot[onedl]'" in message


def test_a_broken_second_stack_is_reported_as_two_stacks():
    with pytest.raises(ImportError, match='Two OpenMMLab stacks'):
        _stack.check_stack(['mmseg'], {'mmseg': ['a', 'b']})


def test_import_without_a_stack_explains_itself(repo_root):
    """A whole interpreter in which mmseg cannot be found."""
    code = (
        'import sys, importlib.util as u\n'
        'find = u.find_spec\n'
        'u.find_spec = lambda n, *a: None if n == "mmseg" else find(n, *a)\n'
        'import mmseg_zeroshot')
    done = subprocess.run([sys.executable, '-c', code], cwd=repo_root,
                          capture_output=True, text=True)
    assert done.returncode == 1
    assert 'ImportError: mmseg-zeroshot needs MMSegmentation' in done.stderr
    assert 'mmseg-zeroshot[onedl]' in done.stderr


@pytest.mark.parametrize('opposite', [False, True])
def test_the_import_tells_torch_never_to_unpickle(opposite, repo_root):
    code = ('import os, mmseg_zeroshot\n'
            'print([(k, v) for k, v in os.environ.items() '
            'if k.startswith("TORCH_FORCE")])')
    env = dict(PYTHONPATH=str(repo_root), PATH='/usr/bin:/bin')
    if opposite:
        env['TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD'] = '1'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True,
                          text=True, env=env, check=True)
    assert done.stdout == "[('TORCH_FORCE_WEIGHTS_ONLY_LOAD', '1')]\n"
    assert ('ignores TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD' in done.stderr
            ) is opposite


def test_mmseg_tools_are_found():
    for name in ('train.py', 'test.py'):
        path = _stack.mmseg_tool(name)
        assert path.parent.name == 'tools'
        assert 'Runner' in path.read_text('utf-8')


def test_a_stack_without_tools_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no tools/train\.py'):
        _stack.mmseg_tool('train.py', tmp_path / 'mmseg')


@pytest.mark.parametrize('name, says', [
    ('train.py', 'Train a segmentor'), ('test.py', 'checkpoint file')])
def test_our_tools_run_mmsegs_with_the_same_arguments(name, says, repo_root):
    done = subprocess.run(
        [sys.executable, str(repo_root / 'tools' / name), '--help'],
        capture_output=True, text=True, cwd=repo_root,
        env=dict(PYTHONPATH=str(repo_root), PATH='/usr/bin:/bin'))
    assert done.returncode == 0, done.stderr[-2000:]
    assert says in done.stdout
    assert '--cfg-options' in done.stdout
