"""Checkpoints that are whole or not there."""
import errno
import os

import pytest
import torch
from mmengine.fileio import get_file_backend
from mmengine.runner import save_checkpoint

from mmseg_zeroshot.engine import WholeFileBackend
from mmseg_zeroshot.utils import io


def test_the_engine_writes_with_it(tmp_path):
    path = tmp_path / 'new' / 'iter_1.pth'
    assert type(get_file_backend(str(path))) is WholeFileBackend
    save_checkpoint(dict(state_dict=torch.ones(3)), str(path))
    assert torch.load(path)['state_dict'].tolist() == [1., 1., 1.]
    assert list(path.parent.iterdir()) == [path]


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(
        tmp_path, monkeypatch):
    path = tmp_path / 'best.pth'
    path.write_bytes(b'whole')

    def fail(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(io.os, 'fsync', fail)
    with pytest.raises(OSError, match=r'while writing .*best\.pth .*kB are '
                       'needed, .*before it are kept: .*--resume'):
        save_checkpoint(dict(state_dict=torch.ones(300)), str(path))
    assert path.read_bytes() == b'whole'
    assert list(tmp_path.iterdir()) == [path]
