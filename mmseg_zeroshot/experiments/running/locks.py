"""One run per folder."""
from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

LOCK, HOLDER = '.lock', '.lock-holder.txt'


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder; ends with the process.

    Args:
        folder: It is made if it is missing.

    Raises:
        RuntimeError: Another process is in it; the message says which.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RuntimeError(
            f'{folder} is in use by {_holder(folder)}: wait for it, or '
            'choose another --work-dir') from error
    try:
        # Not in the lock's own file, which whoever asks for it empties.
        (folder / HOLDER).write_text(
            f'process {os.getpid()} on {socket.gethostname()}, started '
            f'{time.strftime("%Y-%m-%d %H:%M:%S")}', 'utf-8')
        yield
    finally:
        (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def is_locked(folder: Path) -> bool:
    """Whether a process is in a folder.

    Args:
        folder: The folder.
    """
    if not (folder / LOCK).exists():
        return False
    try:
        with FileLock(folder / LOCK).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _holder(folder: Path) -> str:
    try:
        return (folder / HOLDER).read_text('utf-8')
    except OSError:
        return 'another process'
