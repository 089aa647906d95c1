"""Files that are whole or not there."""
import os

import pytest

from mmseg_zeroshot.utils import atomic_write


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
