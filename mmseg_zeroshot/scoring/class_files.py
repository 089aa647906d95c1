"""Class lists with ids of their own, from JSON files of other tools."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mmseg_zeroshot.utils.reading import read_json

from .label_maps import HIGHEST

Classes = Sequence[str] | Mapping[int, str]
"""Names in the order of the ids, or names by id."""


def read_classes(path: str | Path) -> Classes:
    """Read a class list from a JSON file.

    Args:
        path: A list of names; an object from id to name; an object that has
            one under ``id2label``, as Hugging Face's ``config.json``; or a
            list of objects with ``id`` and ``name``, as COCO's categories.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is none of these, or an id is there twice.
    """
    content = read_json(Path(path).expanduser())
    if isinstance(content, dict):
        content = content.get('id2label', content)
    try:
        return _classes(content)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f'{path} is no class list ({error}): write names in the order of '
            'their ids, or {"0": "name", …}') from error


def _classes(content: object) -> Classes:
    if isinstance(content, list) and content and all(
            isinstance(name, str) for name in content):
        return content
    if isinstance(content, list):
        pairs = [(entry['id'], entry['name']) for entry in content]
    elif isinstance(content, dict):
        pairs = list(content.items())
    else:
        raise ValueError(f'it holds a {type(content).__name__}')
    classes = {int(number): str(name) for number, name in pairs}
    if not classes or len(classes) < len(pairs):
        raise ValueError('it is empty or an id is there twice')
    wrong = [number for number in classes if not 0 <= number <= HIGHEST]
    if wrong:
        raise ValueError(f'{wrong[0]} is no id')
    return classes
