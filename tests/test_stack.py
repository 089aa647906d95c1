import subprocess
import sys

import pytest

from mmseg_zeroshot import _stack

ONEDL = {'onedl-mmcv', 'onedl-mmengine', 'onedl-mmsegmentation'}


def test_one_stack_is_fine():
    for installed in (ONEDL, {'mmcv-lite', 'mmengine', 'mmsegmentation'}):
        overlaps = _stack.overlapping_distributions(installed)
        assert overlaps == {}
        _stack.check_overlaps(overlaps)


def test_this_installation_is_found():
    assert _stack.missing_modules() == []
    owners = _stack.installed_distributions()
    assert len(owners) == 3


@pytest.mark.parametrize('gone', ['torch', 'mmcv', 'mmengine', 'mmseg'])
def test_a_missing_module_names_the_extra(gone):
    missing = _stack.missing_modules(lambda name: name != gone)
    assert missing == [gone]
    message = str(_stack.missing_stack('mmseg_zeroshot.models', missing))
    assert 'mmseg_zeroshot.models needs PyTorch' in message
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
        _stack.check_overlaps(overlaps)
    message = str(error.value)
    assert f' and {second}' in message
    uninstall = next(line for line in message.splitlines()
                     if 'pip uninstall -y' in line)
    assert {*ONEDL, second} <= set(uninstall.split())
    assert "pip install 'mmseg-zeroshot[onedl]'" in message


# An interpreter in which some names cannot be found.
WITHOUT = """
import sys
from importlib.machinery import PathFinder
find = PathFinder.find_spec.__func__
def hidden(cls, name, path=None, target=None):
    return None if name.split('.')[0] in {gone} else find(
        cls, name, path, target)
PathFinder.find_spec = classmethod(hidden)
import mmseg_zeroshot
"""


def without(root, gone, code):
    return subprocess.run(
        [sys.executable, '-c', WITHOUT.format(gone=gone) + code], cwd=root,
        capture_output=True, text=True)


@pytest.mark.parametrize('gone', [
    ['mmseg'], ['torch', 'mmcv', 'mmengine', 'mmseg']])
@pytest.mark.parametrize('touch', [
    'import mmseg_zeroshot.models', 'mmseg_zeroshot.models',
    'from mmseg_zeroshot import region_graph',
    'from mmseg_zeroshot.evaluation import ZeroShotIoUMetric'])
def test_a_network_without_a_stack_explains_itself(gone, touch, repo_root):
    done = without(repo_root, gone, touch)
    assert done.returncode == 1
    last = done.stderr.partition('MissingStack: ')[2]
    assert last.startswith('mmseg_zeroshot.')
    assert f'but {", ".join(gone)} cannot be imported' in last
    assert 'mmseg-zeroshot[onedl]' in last


def test_words_work_without_a_stack(repo_root):
    done = without(repo_root, list(_stack.STACK), (
        'from importlib.util import find_spec\n'
        'assert find_spec("torch") is None\n'
        'print(len(mmseg_zeroshot.get_split("voc12-spnet").classes))'))
    assert done.stdout == '21\n', done.stderr


def test_an_error_of_ours_stays_one(repo_root):
    done = without(repo_root, ['mmseg', 'jinja2'], (
        'import mmseg_zeroshot.results.leaderboard_html'))
    assert "No module named 'jinja2'" in done.stderr
    assert 'MissingStack' not in done.stderr


def test_a_command_without_a_stack_explains_itself(repo_root):
    done = without(repo_root, ['mmseg'], (
        'from mmseg_zeroshot.cli import main\n'
        'raise SystemExit(main(["panels", "--help"]))'))
    assert done.returncode == 1
    assert done.stderr.startswith('error: mmseg_zeroshot.')


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
