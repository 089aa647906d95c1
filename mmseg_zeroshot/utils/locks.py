"""One process at a time: a lock that says who holds it."""
from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from .io import atomic_write
from .reading import read_json

LOCK = '.lock'
"""A lock's file, or how its name ends where a folder has several."""
_LOGGER = logging.getLogger(__name__)


class Locked(RuntimeError):
    """Another process works in the folder; the message says which."""


@contextmanager
def locked(folder: Path, what: str, advice: str, *, name: str = LOCK,
           report: Callable[[str], object] = _LOGGER.warning
           ) -> Iterator[None]:
    """Keep other processes out of a folder; ends with the process.

    The system frees the lock of a process that was killed, so it is taken
    over, and this is said. File systems without locks across hosts free it
    for other hosts too early; then the one who reads it can see to it.

    Args:
        folder: The folder; it is made where it is not there.
        what: What the holder does, such as ``'runs this experiment'``.
        advice: What to do about it, for the message.
        name: The lock's file in the folder; it ends with :data:`LOCK`.
        report: Takes a sentence about a lock that is taken over.

    Yields:
        None, with the lock held.

    Raises:
        Locked: Another process holds the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise Locked(f'another process {what} ({_holder(path)} holds '
                     f'{path}): {advice}') from None
    try:
        if _card(path).exists():
            report(f'{path} is taken over from {_holder(path)} which has not '
                   'given it back: it was killed, or it runs where locks of '
                   'this file system do not reach')
        _sign(path)
        yield
    finally:
        _card(path).unlink(missing_ok=True)
        lock.release()


def is_locked(path: Path) -> bool:
    """Whether a process holds a lock.

    Args:
        path: The lock's file.
    """
    if not path.exists():
        return False
    try:
        with FileLock(path, blocking=False):
            return False
    except Timeout:
        return True


def _card(path: Path) -> Path:
    """Return the file that says who holds a lock."""
    return path.with_name(f'{path.name}.json')


def _sign(path: Path) -> None:
    """Write down which process holds a lock, and since when."""
    with atomic_write(_card(path), 'w') as file:
        json.dump(dict(host=socket.gethostname(), pid=os.getpid(),
                       since=datetime.now().isoformat(' ', 'seconds')), file)


def _holder(path: Path) -> str:
    """Return the holder of a lock in words."""
    try:
        found = read_json(_card(path))
        return (f'process {found["pid"]} on {found["host"]}, since '
                f'{found["since"]},')
    except (OSError, ValueError, KeyError, TypeError):
        # It has just taken the lock, or just gives it back.
        return 'one that has not said its name'
