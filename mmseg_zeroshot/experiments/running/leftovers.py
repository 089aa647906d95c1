"""Folders that no step refers to any more."""
from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mmseg_zeroshot.utils.locks import LOCK, is_locked
from mmseg_zeroshot.utils.sizes import readable_size

from .folders import STEP, places, step_files
from .tasks import Task

_UNITS = ((86400, 'day'), (3600, 'hour'), (60, 'minute'))


@dataclass(frozen=True)
class Leftover:
    """A folder that a run has made and no step refers to.

    Attributes:
        folder: The folder.
        size: Bytes of its files.
        changed: When something was last written, in seconds since 1970.
    """

    folder: Path
    size: int
    changed: float

    def __str__(self) -> str:
        return (f'{self.folder}  {readable_size(self.size)}, '
                f'{readable_age(time.time() - self.changed)} old')

    def remove(self) -> None:
        """Remove the folder, the mark that a run has made it last."""
        for path in self.folder.iterdir():
            if path.name != STEP:
                _remove(path)
        shutil.rmtree(self.folder)


def find_leftovers(work_dir: Path, tasks: Iterable[Task]) -> list[Leftover]:
    """Return the folders that no task refers to.

    Args:
        work_dir: Folder of the runs.
        tasks: All tasks whose folders stay.

    Returns:
        What a run has made and what no job works on.
    """
    kept = {task.folder.resolve() for task in tasks}
    return [_leftover(path.parent) for place in places(work_dir)
            for path, _ in step_files(place)
            if path.parent.resolve() not in kept
            and not path.parent.is_symlink() and not _in_use(path.parent)]


def readable_age(seconds: float) -> str:
    """Return a time span in its largest unit, such as ``'3 days'``.

    Args:
        seconds: The span.
    """
    for length, unit in _UNITS:
        number = int(seconds // length)
        if number:
            return f'{number} {unit}{"s" if number > 1 else ""}'
    return 'less than a minute'


def _in_use(folder: Path) -> bool:
    """Whether a process holds the folder or one below it."""
    return any(map(is_locked, folder.rglob(f'*{LOCK}')))


def _leftover(folder: Path) -> Leftover:
    about = [path.lstat() for path in (folder, *folder.rglob('*'))]
    return Leftover(folder, sum(item.st_size for item in about),
                    max(item.st_mtime for item in about))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
