"""Reading the results files of many runs."""
from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mmseg_zeroshot.utils.tables import SCORE_COLUMNS

Record = dict[str, Any]
RESULT_NAMES = ('zero_shot_results.json', 'results.json')
"""Names of the files that runs and recipes write."""

_TEXTS = ('method', 'split', 'label')
_OPTIONAL_TEXTS = ('dataset', 'background', 'absent', 'embeddings')


class Collected(NamedTuple):
    """What was found under some paths."""

    records: list[Record]
    sources: list[Path]
    """File of each record."""
    skipped: list[str]
    """Why a file was left out; names the file."""
    num_files: int
    """Files looked at, the skipped ones counted."""


def read_records(path: str | os.PathLike) -> list[Record]:
    """Read a results file.

    Args:
        path: A ``zero_shot_results.json`` or a ``results.json``.

    Returns:
        Its records, also if it holds a single one.

    Raises:
        ValueError: the file is no results file; it is named.
    """
    try:
        content = json.loads(Path(path).read_text('utf-8'))
    except (json.JSONDecodeError, UnicodeDecodeError,
            RecursionError) as error:
        raise ValueError(f'{path} is not valid JSON: {error}') from error
    records = content if isinstance(content, list) else [content]
    for record in records:
        wrong = _what_is_wrong(record)
        if wrong:
            raise ValueError(f'{path} holds something {wrong}; it must be '
                             'what ZeroShotResultsHook writes')
    return records


def collect_records(paths: Sequence[str | os.PathLike]) -> Collected:
    """Read the results files under some paths.

    A folder stands for every ``zero_shot_results.json`` and ``results.json``
    below it; where there is none, for every ``.json`` file below it. A file
    that is no results file is skipped, and said to be.

    Args:
        paths: Files and folders.

    Returns:
        The records with their files, and what was skipped.

    Raises:
        FileNotFoundError: a path does not exist.
    """
    records: list[Record] = []
    sources: list[Path] = []
    skipped: list[str] = []
    files = list(dict.fromkeys(
        file for path in paths for file in _files(Path(path))))
    for file in files:
        try:
            found = read_records(file)
        except ValueError as error:
            skipped.append(str(error))
        except OSError as error:
            skipped.append(f'{file} cannot be read: {error.strerror}')
        else:
            records += found
            sources += [file] * len(found)
    return Collected(records, sources, skipped, len(files))


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise FileNotFoundError(f'{path}: no such file or folder')
    if not path.is_dir():
        yield path
        return
    every = sorted(path.rglob('*.json'))
    named = [file for file in every if file.name in RESULT_NAMES]
    yield from named or every


def _what_is_wrong(record: Any) -> str | None:
    """Say what a record lacks to be one; None if it lacks nothing."""
    if not isinstance(record, dict) or 'generalised' not in record:
        return "without 'generalised' scores"
    for key in _TEXTS:
        if not isinstance(record.get(key), str):
            return f'whose {key!r} is {record.get(key)!r} instead of a text'
    kinds = dict.fromkeys(_OPTIONAL_TEXTS, str) | {'variant': dict}
    for key, kind in kinds.items():
        if not isinstance(record.get(key), (kind, type(None))):
            return f'whose {key!r} is {record[key]!r}'
    vanilla = record.get('vanilla')
    try:
        values = [record['generalised'][group][key]
                  for group, key in SCORE_COLUMNS]
        values.append(record['generalised']['hIoU'])
        values.append(None if vanilla is None else vanilla['unseen']['mIoU'])
    except (KeyError, TypeError) as error:
        return f'with incomplete scores ({type(error).__name__}: {error})'
    for value in (*values, record.get('gamma'), record.get('seed')):
        if value is not None and not isinstance(value, (int, float)):
            return f'with {value!r} for a number'
    return None
