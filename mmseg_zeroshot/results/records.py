"""Reading the results files of many runs."""
from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.reading import parse_json, read_text

from .record import RESULTS_FILE, Record, from_json, to_json
from .record_lines import lines, read_lines

TABLE_FILE = 'results.json'
"""The file of all rows of a run or recipe, in its work dir."""
STEP_FILE = 'step.json'
"""What marks the folder of a run's step, two levels below."""
RESULT_NAMES = (RESULTS_FILE, TABLE_FILE)
"""Names of the files that runs and recipes write."""
LINES = '.jsonl'
"""Ending of files with one record a line."""
SUFFIXES = ('.json', LINES)
"""Endings of results files."""


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
        path: A ``zero_shot_results.json``, a ``results.json``, or a
            ``.jsonl`` with one record a line.

    Returns:
        Its records, also if it holds a single one; what an older version
        left out has its default.

    Raises:
        ValueError: The file is no results file; file and key are named.
    """
    text = read_text(path)
    if Path(path).suffix == LINES:
        return read_lines(text, str(path))
    content = parse_json(text, str(path))
    if not isinstance(content, list):
        return [from_json(content, str(path))]
    return [from_json(entry, f'{path}, record {number}')
            for number, entry in enumerate(content, 1)]


def write_records(path: str | os.PathLike,
                  records: Record | Sequence[Record]) -> None:
    """Write a results file, whole or not at all.

    Args:
        path: The file; one that ends in ``.jsonl`` gets a record a line.
        records: One record, as an evaluation leaves it, or several.

    Raises:
        ValueError: A record is not as the schema wants it.
    """
    many = [records] if isinstance(records, dict) else list(records)
    content = [to_json(record) for record in many]
    with atomic_write(path, 'w') as file:
        if Path(path).suffix == LINES:
            file.writelines(lines(many))
        else:
            json.dump(content[0] if isinstance(records, dict) else content,
                      file, indent=1, allow_nan=False)


def collect_records(paths: Sequence[str | os.PathLike]) -> Collected:
    """Read the results files under some paths.

    A folder stands for every ``zero_shot_results.json`` and ``results.json``
    below it, without the steps of a run, whose rows its ``results.json``
    holds (the others are trials on validation classes); where there is none,
    for every ``.json`` and ``.jsonl`` file below it. A file that is no
    results file is skipped, and said to be.

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


def shipped_records(root: Path) -> list[Record]:
    """Return the records of our runs that a checkout holds.

    Args:
        root: The checkout; they are in its ``docs/results``.
    """
    files = sorted(file for suffix in SUFFIXES
                   for file in root.glob(f'docs/results/*{suffix}'))
    return [record for file in files for record in read_records(file)]


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise FileNotFoundError(f'{path}: no such file or folder')
    if not path.is_dir():
        yield path
        return
    every = sorted(file for suffix in SUFFIXES
                   for file in path.rglob(f'*{suffix}'))
    named = [file for file in every if file.name in RESULT_NAMES]
    kept = [file for file in named if not _is_step(file, named)]
    yield from kept or every


def _is_step(file: Path, named: Sequence[Path]) -> bool:
    """Whether a file is of a step of a run whose table is there too."""
    step = file.parent
    return (file.name == RESULTS_FILE and (step / STEP_FILE).is_file()
            and step.parent.parent / TABLE_FILE in named)
