"""What a folder holds in place of the files that were looked for."""
from __future__ import annotations

import os
from collections import Counter

_MOST_LISTED = 6


def is_local(path: str) -> bool:
    """Whether a path is of a local file, not of object storage."""
    return '://' not in path and (':' not in path or os.path.isabs(path))


def endings(folder: str | os.PathLike) -> str:
    """Say what the files below a folder end in.

    Args:
        folder: A local folder.

    Returns:
        Such as ``'the files there end in .jpg (12), .txt (1)'``; or that it
        holds none, or is not there.
    """
    folder = os.fspath(folder)
    if not os.path.isdir(folder):
        return f'there is no folder {folder or "."}'
    counts = Counter(os.path.splitext(name)[1] or 'no suffix'
                     for _, _, names in os.walk(os.fspath(folder),
                                              followlinks=True)
                     for name in names if not name.startswith('.'))
    if not counts:
        return 'the folder is empty'
    listed = ', '.join(f'{suffix} ({count:,})' for suffix, count
                       in counts.most_common(_MOST_LISTED))
    return f'the files there end in {listed}'


def explain_missing(path: str) -> str:
    """Say what there is in place of a file.

    Args:
        path: A local file that is not there.

    Returns:
        A file of the same name with another suffix, or :func:`endings`.
    """
    folder, name = os.path.split(path)
    stem = os.path.splitext(name)[0]
    if os.path.isdir(folder or '.'):
        for other in sorted(os.listdir(folder or '.')):
            if os.path.splitext(other)[0] == stem:
                return f'the folder holds {other}'
    return endings(folder)
