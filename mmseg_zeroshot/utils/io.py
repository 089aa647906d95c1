"""Files that are either whole or not there, and what tells two apart."""
from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def atomic_write(path: str | os.PathLike, mode: str = 'wb') -> Iterator[IO]:
    """Open a file that appears under its name only when it is complete.

    The text goes to a temporary file in the same folder, which replaces
    ``path`` in one step when the block ends and is removed when it raises:
    a killed run leaves the old file or none, never half of one.

    Args:
        path: File to write; missing parent folders are made.
        mode: ``'wb'`` or ``'w'`` (UTF-8).

    Yields:
        The open temporary file.

    Raises:
        ValueError: ``mode`` is neither ``'wb'`` nor ``'w'``.

    Example:
        >>> with atomic_write('scores.json', 'w') as file:
        ...     file.write('{}')
    """
    if mode not in ('wb', 'w'):
        raise ValueError(f"mode must be 'wb' or 'w', got {mode!r}")
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    encoding = 'utf-8' if mode == 'w' else None
    descriptor, temporary = tempfile.mkstemp(
        dir=target.parent, prefix=f'.{target.name}.', suffix='.part')
    try:
        with os.fdopen(descriptor, mode, encoding=encoding) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


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
