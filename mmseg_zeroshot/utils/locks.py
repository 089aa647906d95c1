"""One process at a time: a lock that says who holds it."""
from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from .io import atomic_write
from .reading import read_json

LOCK = '.lock'
HOLDER = '.lock.json'


class Locked(RuntimeError):
    """Another process works in the folder; the message says which."""


@contextmanager
def locked(folder: Path, what: str, advice: str) -> Iterator[None]:
    """Keep other processes out of a folder; ends with the process.

    Args:
        folder: The folder; it is made where it is not there.
        what: What the holder does, such as ``'runs this experiment'``.
        advice: What to do about it, for the message.

    Yields:
        None, with the lock held.

    Raises:
        Locked: Another process holds the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise Locked(f'another process {what} ({_holder(folder)} holds '
                     f'{folder / LOCK}): {advice}') from None
    try:
        _sign(folder / HOLDER)
        yield
    finally:
        (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def is_locked(folder: Path) -> bool:
    """Whether a process holds the lock of a folder.

    Args:
        folder: The folder.
    """
    if not (folder / LOCK).exists():
        return False
    try:
        with FileLock(folder / LOCK, blocking=False):
            return False
    except Timeout:
        return True


def _sign(path: Path) -> None:
    """Write down which process holds a lock, and since when."""
    with atomic_write(path, 'w') as file:
        json.dump(dict(host=socket.gethostname(), pid=os.getpid(),
                       since=datetime.now().isoformat(' ', 'seconds')), file)


def _holder(folder: Path) -> str:
    """Return the holder of a lock in words."""
    try:
        found = read_json(folder / HOLDER)
        return (f'process {found["pid"]} on {found["host"]}, since '
                f'{found["since"]},')
    except (OSError, ValueError, KeyError, TypeError):
        # It has just taken the lock, or just gives it back.
        return 'one that has not said its name'
