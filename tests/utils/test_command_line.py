"""Exit codes of the command lines, and what they print."""
import os
import signal
import subprocess
import sys

import pytest

from mmseg_zeroshot.utils import exit_code, resumable_exit_code


def fail(error: BaseException):
    def run():
        raise error
    return run


def test_success_prints_nothing(capsys):
    done = []
    assert exit_code(lambda: done.append(1)) == 0
    assert done == [1]
    assert capsys.readouterr() == ('', '')


@pytest.mark.parametrize('error', [
    ValueError('split is unknown'), FileNotFoundError('no bank')])
def test_a_user_s_error_is_a_line_without_traceback(error, capsys):
    assert exit_code(fail(error)) == 1
    assert capsys.readouterr().err == f'error: {error}\n'


def test_other_errors_are_shown_only_where_they_are_named(capsys):
    with pytest.raises(RuntimeError):
        exit_code(fail(RuntimeError('a bug')))
    assert exit_code(fail(RuntimeError('no memory')), RuntimeError) == 1
    assert 'error: no memory' in capsys.readouterr().err


@pytest.fixture
def terminated():
    """A tool that is killed; the handler is put back afterwards."""
    before = signal.getsignal(signal.SIGTERM)
    yield lambda: os.kill(os.getpid(), signal.SIGTERM)
    signal.signal(signal.SIGTERM, before)


def test_a_killed_tool_says_that_it_can_go_on(terminated, capfd):
    with open(os.devnull, 'w') as sink, pytest.MonkeyPatch.context() as patch:
        patch.setattr('sys.stdout', sink)
        assert resumable_exit_code(terminated) == 130
        assert resumable_exit_code(fail(ValueError('no step'))) == 1
    assert capfd.readouterr().err.splitlines() == [
        'stopped; the same command goes on from here', 'error: no step']


@pytest.mark.parametrize('name', ['exit_code', 'resumable_exit_code'])
def test_a_closed_pipe_ends_it_quietly(name, repo_root):
    tool = subprocess.Popen(
        [sys.executable, '-c', 'import sys\n'
         f'from mmseg_zeroshot.utils import {name}\n'
         'def run():\n    for i in range(99999):\n        print(i)\n'
         f'sys.exit({name}(run))'], cwd=repo_root, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    tool.stdout.readline()
    tool.stdout.close()
    assert (tool.wait(), tool.stderr.read()) == (141, b'')
