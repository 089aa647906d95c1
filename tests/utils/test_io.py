"""Files that are whole or not there."""
import errno
import fcntl
import os
import signal
import subprocess
import sys
import time

import pytest

from mmseg_zeroshot.utils import atomic_write, io
from mmseg_zeroshot.utils.io import DiskFull, explain_full_disk


def test_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / 'new' / 'scores.json'
    with atomic_write(path, 'w') as file:
        file.write('{}')
        assert not path.exists()
    assert path.read_text() == '{}'
    assert os.stat(path).st_mode & 0o400


def test_an_error_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / 'scores.json'
    path.write_text('old')
    with pytest.raises(RuntimeError):
        with atomic_write(path, 'w') as file:
            file.write('half')
            raise RuntimeError
    assert path.read_text() == 'old'
    assert list(tmp_path.iterdir()) == [path]


def test_mode_is_checked(tmp_path):
    with pytest.raises(ValueError, match="'wb' or 'w', got 'a'"):
        with atomic_write(tmp_path / 'x', 'a'):
            pass


def fail_to_sync(monkeypatch, number):
    def fail(descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(io.os, 'fsync', fail)


@pytest.mark.parametrize('number', [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_named_with_what_to_do(tmp_path, monkeypatch, number):
    path = tmp_path / 'scores.json'
    path.write_text('old')
    fail_to_sync(monkeypatch, number)
    with pytest.raises(DiskFull) as caught, atomic_write(path, 'w') as file:
        file.write('x' * 1234)
    text = str(caught.value)
    assert caught.value.errno == number
    assert f'the disk is full while writing {path} (' in text
    assert 'more than 1.23 kB are needed' in text
    assert text.endswith('): free space and run the same command again')
    # Of a quota, the disk does not know how much is left.
    assert ('are free' in text) == (number == errno.ENOSPC)
    assert path.read_text() == 'old'
    assert list(tmp_path.iterdir()) == [path]


def test_the_bytes_that_are_needed_and_the_advice_are_the_writers(
        tmp_path, monkeypatch):
    fail_to_sync(monkeypatch, errno.ENOSPC)
    with pytest.raises(DiskFull, match=r'\(.*2\.5 MB are needed.*\): wait'):
        with atomic_write(tmp_path / 'a', needed=2_500_000, advice='wait'):
            pass


@pytest.mark.parametrize('error', [
    PermissionError(errno.EACCES, 'no'), OSError('encoder error'),
    ValueError('no'), KeyboardInterrupt()])
def test_other_errors_stay_as_they_are(tmp_path, error):
    with pytest.raises(type(error)) as caught, atomic_write(tmp_path / 'a'):
        raise error
    assert caught.value is error
    assert list(tmp_path.iterdir()) == []


def test_the_first_to_explain_is_heard():
    with pytest.raises(DiskFull, match='writing inner.*: wait$'):
        with explain_full_disk('outer'), explain_full_disk(
                'inner', advice='wait'):
            raise OSError(errno.ENOSPC, 'No space left on device')


def test_an_error_that_names_its_file_needs_no_path():
    with pytest.raises(DiskFull, match='while writing some/file'):
        with explain_full_disk():
            raise OSError(errno.ENOSPC, 'No space left', 'some/file')


WRITER = """
import sys, time
from mmseg_zeroshot.utils import atomic_write
with atomic_write(sys.argv[1], 'w') as file:
    file.write('half')
    file.flush()
    print('begun', flush=True)
    time.sleep(600)
"""


def write_in_a_new_process(path):
    """Write a file; what goes once a process goes again."""
    io._remove_halves.cache_clear()
    with atomic_write(path, 'w') as file:
        file.write('whole')


def make_old(path):
    os.utime(path, (time.time() - 3600, ) * 2)


def test_the_half_file_of_a_killed_writer_goes_with_the_next(
        tmp_path, repo_root):
    writer = subprocess.Popen(
        [sys.executable, '-c', WRITER, str(tmp_path / 'a.json')],
        cwd=repo_root, stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == 'begun\n'
    half, = tmp_path.iterdir()
    make_old(half)
    write_in_a_new_process(tmp_path / 'b.json')
    assert half.exists()  # Its writer lives.
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    write_in_a_new_process(tmp_path / 'b.json')
    assert [path.name for path in tmp_path.iterdir()] == ['b.json']


@pytest.mark.parametrize('name, old', [
    ('.a.json.abcd1234.part', False), ('.notes.part', True),
    ('a.json.abcd1234.part', True), ('.a.json.ABCD1234.part', True)])
def test_files_of_others_and_new_ones_stay(tmp_path, name, old):
    path = tmp_path / name
    path.write_text('mine')
    if old:
        make_old(path)
    write_in_a_new_process(tmp_path / 'b.json')
    assert path.read_text() == 'mine'


def test_a_folder_and_a_locked_file_stay(tmp_path):
    folder, file = (tmp_path / f'.{name}.abcd1234.part' for name in 'ab')
    folder.mkdir()
    with file.open('w') as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        make_old(folder)
        make_old(file)
        write_in_a_new_process(tmp_path / 'b.json')
    assert folder.is_dir() and file.is_file()
