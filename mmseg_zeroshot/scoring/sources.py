"""Where files come from: a folder or a zip file."""
from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

_MOST_BYTES = 1 << 30
"""A larger member of a zip file is not unpacked in memory."""


class Source(Protocol):
    """Files by name.

    Attributes:
        place: What the names are below, for messages.
        names: Names of the files, sorted; folders are separated by ``/``.
    """

    place: str
    names: Sequence[str]

    def read(self, name: str) -> bytes:
        """Return what a file holds.

        Args:
            name: One of ``names``.

        Raises:
            ValueError: It cannot be read; says why, but not which.
        """


def open_source(path: str | os.PathLike) -> Source:
    """Open a folder or a zip file.

    Hidden files are left out.

    Args:
        path: The folder or the file.

    Raises:
        FileNotFoundError: There is neither.
        ValueError: It is another file, or a zip file that is damaged, leaves
            its folder or is encrypted.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file or folder')
    if zipfile.is_zipfile(path) and path.suffix != '.npz':
        return Zip(path)
    raise ValueError(f'{path} is neither a folder nor a zip file')


class Folder:
    """The files below a folder.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.place = str(path)
        self._root = path
        self.names: Sequence[str] = sorted(_below(path))

    def read(self, name: str) -> bytes:
        """Return what a file holds.

        Args:
            name: One of ``names``.

        Raises:
            ValueError: It cannot be read.
        """
        try:
            return (self._root / name).read_bytes()
        except OSError as error:
            raise ValueError(f'cannot be read, {error.strerror}') from error


class Zip:
    """The files in a zip file.

    Args:
        path: The file.

    Raises:
        ValueError: It is damaged, encrypted, holds a name twice, or a path
            that leaves it.
    """

    def __init__(self, path: Path) -> None:
        self.place = str(path)
        try:
            self._file = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise ValueError(f'{path} is damaged: {error}') from error
        members = [info for info in self._file.infolist()
                   if not info.is_dir()]
        _check_members(path, members)
        members = [info for info in members if _is_shown(info.filename)]
        self._sizes = {info.filename: info.file_size for info in members}
        self.names: Sequence[str] = sorted(self._sizes)

    def read(self, name: str) -> bytes:
        """Return what a file holds; threads may call it.

        Args:
            name: One of ``names``.

        Raises:
            ValueError: It is damaged or too large.
        """
        if self._sizes[name] > _MOST_BYTES:
            raise ValueError(f'has {self._sizes[name]:,} bytes; unpack the '
                             'zip file and name the folder')
        try:
            return self._file.read(name)
        # zlib's error is none of the documented ones.
        except Exception as error:
            raise ValueError(f'is damaged in the zip file, {error}') from error


def _below(root: Path) -> Iterable[str]:
    visited = set()
    for path, folders, files in os.walk(root, followlinks=True):
        real = os.path.realpath(path)
        if real in visited:
            folders.clear()
            continue
        visited.add(real)
        folders[:] = [f for f in folders if _is_shown(f)]
        start = Path(path).relative_to(root)
        yield from ((start / f).as_posix() for f in files if _is_shown(f))


def _is_shown(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not any(part == '__MACOSX' or (
        part.startswith('.') and part != '..') for part in parts)


def _check_members(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    for info in members:
        parts = PurePosixPath(info.filename.replace('\\', '/')).parts
        if '..' in parts or parts[0] == '/' or ':' in parts[0]:
            raise ValueError(
                f'{path} holds {info.filename!r}, a path that leaves the zip '
                'file: pack it anew, with paths below one folder')
        if info.flag_bits & 1:
            raise ValueError(f'{path} is encrypted ({info.filename}): unpack '
                             'it and name the folder')
    counts = Counter(info.filename for info in members)
    double = [name for name, count in counts.items() if count > 1]
    if double:
        raise ValueError(f'{path} holds {double[0]!r} more than once')
