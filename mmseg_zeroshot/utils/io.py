"""Files that are either whole or not there, and what tells two apart.

What a full disk is called, and what is said about one, is said here alone.
"""
from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO

from .sizes import readable_size

try:
    import fcntl
except ImportError:  # Windows: a stranger's half file cannot be told.
    fcntl = None  # type: ignore[assignment]

AGAIN = 'free space and run the same command again'
"""What to do about a full disk, where nothing else is known."""
_FULL = {errno.ENOSPC, getattr(errno, 'EDQUOT', errno.ENOSPC)}
_HALF = re.compile(r'\..+\.[a-z0-9_]{8}\.part')
_OLD = 60
"""Seconds in which a writer has marked its file as its own."""


class DiskFull(OSError):
    """A disk is full; the message says of what and what to do."""


@contextmanager
def atomic_write(path: str | os.PathLike, mode: str = 'wb', *,
                 needed: int = 0, advice: str = AGAIN) -> Iterator[IO]:
    """Open a file that appears under its name only when it is complete.

    The text goes to a temporary file in the same folder, which replaces
    ``path`` in one step when the block ends and is removed when it raises:
    a killed run leaves the old file or none, never half of one under its
    name. The hidden half of one goes with the next file in its folder.

    Args:
        path: File to write; missing parent folders are made.
        mode: ``'wb'`` or ``'w'`` (UTF-8).
        needed: Bytes that will be written, if that is known.
        advice: What to do about a full disk.

    Yields:
        The open temporary file.

    Raises:
        ValueError: ``mode`` is neither ``'wb'`` nor ``'w'``.
        DiskFull: The disk is full; nothing is left of the file.

    Example:
        >>> with atomic_write('scores.json', 'w') as file:
        ...     file.write('{}')
    """
    if mode not in ('wb', 'w'):
        raise ValueError(f"mode must be 'wb' or 'w', got {mode!r}")
    target = Path(path)
    encoding = 'utf-8' if mode == 'w' else None
    with explain_full_disk(target, needed=needed, advice=advice):
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_halves(target.parent.absolute())
        descriptor, temporary = tempfile.mkstemp(
            dir=target.parent, prefix=f'.{target.name}.', suffix='.part')
    try:
        _mark(descriptor)
        with os.fdopen(descriptor, mode, encoding=encoding) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException as error:
        written = _size(temporary)
        Path(temporary).unlink(missing_ok=True)
        with explain_full_disk(target, needed=needed, written=written,
                               advice=advice):
            raise error


@contextmanager
def explain_full_disk(path: str | os.PathLike = '', *, needed: int = 0,
                      written: int = 0, advice: str = AGAIN
                      ) -> Iterator[None]:
    """Turn 'no space left on device' into what to do about it.

    Args:
        path: What is being written; empty where the error may say it.
        needed: Bytes of it, if that is known.
        written: Bytes of it that there was room for.
        advice: What to do.

    Raises:
        DiskFull: In the place of an error that says that a disk is full or
            a quota used up, unless that is one itself.
    """
    try:
        yield
    except DiskFull:
        raise
    except OSError as error:
        if error.errno not in _FULL:
            raise
        what = os.fspath(path) or error.filename or 'a file'
        about = [error.strerror, _needs(needed, written), _free(what, error)]
        raise DiskFull(
            error.errno, f'the disk is full while writing {what} '
            f'({", ".join(filter(None, about))}): {advice}') from error


def file_sha256(path: str | os.PathLike) -> str:
    """Return the SHA-256 of a file as hex digits, read in small parts.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: There is no such file.
    """
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _umask() -> int:
    """Return the process's umask (``mkstemp`` makes files private)."""
    current = os.umask(0)
    os.umask(current)
    return current


def _needs(needed: int, written: int) -> str:
    if needed:
        return f'{readable_size(needed)} are needed'
    return f'more than {readable_size(written)} are needed' if written else ''


def _free(path: str, error: OSError) -> str:
    """Say how much is free; a quota leaves less than the disk has."""
    folder = Path(path).absolute().parent
    if error.errno != errno.ENOSPC or not folder.is_dir():
        return ''
    return f'{readable_size(shutil.disk_usage(folder).free)} are free'


def _size(path: str) -> int:
    with suppress(OSError):
        return os.path.getsize(path)
    return 0


def _mark(descriptor: int) -> bool:
    """Lock a half file as long as its writer lives.

    Returns:
        Whether no other process has; a file system without locks has none
        to tell.
    """
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@cache
def _remove_halves(folder: Path) -> None:
    """Remove what killed writers left in a folder; once in a process."""
    for path in folder.glob('.*.part'):
        with suppress(OSError):
            if _HALF.fullmatch(path.name) and path.is_file() and (
                    time.time() - path.stat().st_mtime > _OLD):
                with path.open('rb') as file:
                    if _mark(file.fileno()):
                        path.unlink()
