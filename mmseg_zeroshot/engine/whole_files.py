"""Checkpoints that are either whole or not there."""
from __future__ import annotations

from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend

from mmseg_zeroshot.utils import atomic_write

_ADVICE = ('the checkpoints before it are kept: free space and go on with '
           '--resume')


@register_backend('local', force=True, prefixes='')
class WholeFileBackend(LocalBackend):
    """MMEngine's files of this machine, written whole or not at all.

    MMEngine writes a checkpoint under its name right away: a process that
    is killed, or a disk that is full, leaves half of one. It takes the place
    of MMEngine's own backend for paths without a prefix.
    """

    def put(self, obj: bytes, filepath: str | Path) -> None:
        """Write a file.

        Args:
            obj: Its content, as a checkpoint is given.
            filepath: The file; missing folders are made.

        Raises:
            DiskFull: The disk is full; another file of this name stays.
        """
        with atomic_write(filepath, needed=len(obj), advice=_ADVICE) as file:
            file.write(obj)
