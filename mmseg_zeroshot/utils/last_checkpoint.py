"""The checkpoint that a stopped training goes on from."""
from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

NOTE = 'last_checkpoint'
"""File in which MMEngine names the checkpoint that it saved last."""

_NUMBERED = re.compile(r'(?:iter|epoch)_\d+\.pth')
_ZIP = b'PK'


def last_checkpoint(
    folder: Path,
    report: Callable[[str], object] = lambda sentence: None,
) -> Path | None:
    """Return the last whole checkpoint of a training.

    It is the one that MMEngine noted. A process that is killed while it
    writes leaves half a checkpoint or an empty note; then it is the newest
    one that is whole.

    Args:
        folder: The training's work dir.
        report: Takes a sentence where the note does not help.

    Returns:
        The checkpoint, or None if no checkpoint is whole.
    """
    noted = _noted(folder)
    whole = next((path for path in noted if is_whole(path)), None)
    if whole is not None:
        return whole
    # By time, not by number: an earlier run may have been here and gone on
    # for longer.
    newest = max((path for path in folder.glob('*.pth')
                  if _NUMBERED.fullmatch(path.name) and is_whole(path)),
                 key=lambda path: path.stat().st_mtime_ns, default=None)
    if noted or newest:
        report(f'{folder / NOTE} {_fault(folder, noted)}; '
               + (f'the newest whole checkpoint is {newest.name}' if newest
                  else 'no checkpoint of this folder is whole'))
    return newest


def is_whole(path: Path) -> bool:
    """Whether a checkpoint is there and was written to its end.

    PyTorch's files are zip archives, whose table of contents is written
    last. Those of another form count as whole unless they are empty.

    Args:
        path: The checkpoint.
    """
    try:
        with path.open('rb') as file:
            begin = file.read(len(_ZIP))
    except OSError:
        return False
    return zipfile.is_zipfile(path) if begin == _ZIP else bool(begin)


def _noted(folder: Path) -> list[Path]:
    """Return where the noted checkpoint may be; nothing without a note.

    The note holds a path of the machine that wrote it: a work dir may have
    been moved, and checkpoints may be in another folder.
    """
    try:
        text = (folder / NOTE).read_text('utf-8', errors='replace').strip()
    except OSError:
        return []
    return [folder / os.path.basename(text), Path(text)]


def _fault(folder: Path, noted: list[Path]) -> str:
    """Say why the note does not lead to a whole checkpoint."""
    if not noted:
        return 'is missing'
    name = noted[1].name
    if not name:
        return 'is empty'
    there = any(path.is_file() for path in noted)
    return f'names {name}, which is ' + (
        'not written to its end' if there else 'not there')

