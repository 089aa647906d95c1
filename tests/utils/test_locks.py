"""A lock between processes, and what it says about its holder."""
import json
import os
import socket
import subprocess
import sys
from datetime import datetime

import pytest

from mmseg_zeroshot.utils.locks import LOCK, Locked, is_locked, locked

HOLDER = f'{LOCK}.json'

HOLD = """
import sys
from pathlib import Path
from mmseg_zeroshot.utils.locks import locked
with locked(Path(sys.argv[1]), 'works', 'wait'):
    print('held', flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path, repo_root):
    """Another process that holds the lock until it is told to end."""
    process = subprocess.Popen(
        [sys.executable, '-c', HOLD, str(tmp_path / 'work')], cwd=repo_root,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == 'held\n'
    yield process
    process.kill()
    process.communicate()


def enter(folder):
    with locked(folder, 'works here', 'wait for it'):
        return sorted(path.name for path in folder.iterdir())


def test_the_error_names_the_holder(tmp_path, holder):
    with pytest.raises(Locked) as error:
        enter(tmp_path / 'work')
    text = str(error.value)
    assert text.startswith(f'another process works here (process {holder.pid} '
                           f'on {socket.gethostname()}, since ')
    assert text.endswith(f'holds {tmp_path / "work" / ".lock"}): wait for it')
    since = text.split('since ')[1].split(',')[0]
    assert datetime.fromisoformat(since) <= datetime.now()


@pytest.mark.parametrize('how', ['ends', 'killed'])
def test_the_lock_ends_with_the_process(tmp_path, holder, how):
    if how == 'ends':
        holder.communicate('')
        assert not (tmp_path / 'work' / HOLDER).exists()
    else:
        holder.kill()
        holder.wait()
    assert HOLDER in enter(tmp_path / 'work')
    assert not (tmp_path / 'work' / HOLDER).exists()


@pytest.mark.parametrize('host', [socket.gethostname(), 'elsewhere'])
def test_the_lock_of_a_killed_process_is_taken_over_aloud(tmp_path, holder,
                                                          host):
    told = []
    folder = tmp_path / 'work'
    holder.kill()
    holder.wait()
    card = json.loads((folder / HOLDER).read_text())
    (folder / HOLDER).write_text(json.dumps(dict(card, host=host)))
    for _ in range(2):
        with locked(folder, 'works', 'wait', report=told.append):
            pass
    said, = told  # once; then it has been given back
    assert f'taken over from process {holder.pid} on {host}, since' in said


def test_a_folder_may_have_several_locks(tmp_path):
    with locked(tmp_path, 'works', 'wait', name=f'.training{LOCK}'):
        assert is_locked(tmp_path / f'.training{LOCK}')
        enter(tmp_path)


def test_an_error_frees_the_lock(tmp_path):
    with pytest.raises(ZeroDivisionError):
        with locked(tmp_path, 'works', 'wait'):
            1 / 0  # noqa: B018
    assert HOLDER in enter(tmp_path)


def test_one_process_does_not_enter_twice(tmp_path):
    with locked(tmp_path, 'works', 'wait'), \
            pytest.raises(Locked, match=f'process {os.getpid()} on'):
        enter(tmp_path)


@pytest.mark.parametrize('text', ['', '[]', '{"pid": 3}'])
def test_a_holder_without_a_name(tmp_path, text):
    with locked(tmp_path, 'works', 'wait'):
        (tmp_path / HOLDER).write_text(text)
        with pytest.raises(Locked, match='one that has not said its name'):
            enter(tmp_path)


def test_whether_a_folder_is_locked(tmp_path, holder):
    lock = tmp_path / 'work' / LOCK
    assert is_locked(lock)
    assert not is_locked(tmp_path / LOCK)
    assert not (tmp_path / '.lock').exists()
    holder.kill()
    holder.wait()
    assert not is_locked(lock)
