"""Records as JSON Lines: one record a line, what they share said once.

.. code:: text

    {"shared": {"dataset": …, "per_class": {"class": […], "pixels": […]}}}
    {"method": …, "seed": 0, …, "per_class": {"IoU": […], "accuracy": […]}}
    {"method": …, "seed": 1, …, "per_class": {"IoU": […], "accuracy": […]}}

A line with ``shared`` holds keys of all records below it, up to the next such
line. Scores of classes are columns: a list with a value for each class, or an
object with values for some, by name. Lines that are whole records are read,
too. Numbers are written with all their digits.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mmseg_zeroshot.utils.json_values import short
from mmseg_zeroshot.utils.reading import parse_json
from mmseg_zeroshot.utils.typing_utils import JSONObject, JSONValue

from .record import Record, from_json, to_json

_SHARED = ('dataset', 'split', 'background', 'absent')
_SHARED_COLUMNS = ('class', 'group', 'pixels')


def read_lines(text: str, name: str) -> list[Record]:
    """Read records from JSON Lines.

    Args:
        text: Content of the file; empty lines are skipped.
        name: Name of the file, for messages.

    Returns:
        The records in their order.

    Raises:
        ValueError: A line is not JSON or holds no record; file and line are
            named.
    """
    shared: Mapping[str, JSONValue] = {}
    records = []
    for number, line in enumerate(text.split('\n'), 1):
        place = f'{name}, line {number}'
        if not line.strip():
            continue
        content = parse_json(line, place)
        if isinstance(content, dict) and isinstance(
                content.get('shared'), dict):
            shared = content['shared']
        else:
            records.append(from_json(_joined(shared, content, place), place))
    return records


def lines(records: Iterable[Record]) -> Iterator[str]:
    """Yield the lines of a file, each with its newline.

    Args:
        records: The records; those in a row that share their data set,
            split, rules and scored pixels share a line.

    Raises:
        ValueError: A record is not as the schema wants it.
    """
    before: JSONObject | None = None
    for record in records:
        own = to_json(record)
        if own['scored_files'] is None:
            del own['scored_files']  # of runs, which most records are of
        columns = _columns(own['per_class'])
        shared = {key: own.pop(key) for key in _SHARED}
        shared['per_class'] = {
            key: columns.pop(key) for key in _SHARED_COLUMNS
            if key in columns}
        if shared != before:
            yield _line(dict(shared=shared))
            before = shared
        yield _line(dict(own, per_class=columns))


def _line(content: Mapping[str, JSONValue]) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False,
                      separators=(',', ':')) + '\n'


def _joined(shared: Mapping[str, JSONValue], content: object,
            place: str) -> object:
    """Put what records share into one, and its columns into rows."""
    if not isinstance(content, dict):
        return content
    own = content.get('per_class')
    if not isinstance(own, dict):
        return content
    common = shared.get('per_class', {})
    if not isinstance(common, dict):
        raise ValueError(f"{place}: the shared 'per_class' above it is "
                         f'{short(common)} instead of an object')
    columns = {**common, **own}
    return {**shared, **content, 'per_class': _rows(columns, place)}


def _columns(rows: Sequence[Mapping[str, JSONValue]]) -> JSONObject:
    """Turn rows into columns; partial ones are by name."""
    keys = dict.fromkeys(key for row in rows for key in row)
    return {
        key: [row[key] for row in rows] if all(key in row for row in rows)
        else {row['class']: row[key] for row in rows if key in row}
        for key in keys}


def _rows(columns: Mapping[str, JSONValue], place: str) -> list[JSONObject]:
    """Turn columns into rows, in the order of the classes."""
    names = columns.get('class', [])
    if not (isinstance(names, list)
            and all(isinstance(name, str) for name in names)):
        raise ValueError(f"{place}: 'per_class' has {short(names)} instead of "
                         "a list of names under 'class'")
    rows: list[JSONObject] = [{} for _ in names]
    for key, values in columns.items():
        if isinstance(values, dict):
            values = [(row, values[name]) for row, name in zip(rows, names)
                      if name in values]
        elif isinstance(values, list) and len(values) == len(rows):
            values = list(zip(rows, values))
        else:
            raise ValueError(
                f"{place}: 'per_class' has {short(values)} of {key!r} for "
                f'{len(rows)} classes')
        for row, value in values:
            row[key] = value
    return rows
