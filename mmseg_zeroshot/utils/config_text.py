"""Config values as Python text that people can read and change."""
from __future__ import annotations

import keyword
import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from .typing_utils import ConfigValue

WIDTH = 79
_INDENT = 4


class Name(str):
    """A variable of the config, written without quotes."""


def assignment(name: str, value: ConfigValue) -> str:
    """Return ``name = value`` as lines of at most 79 columns if possible.

    Dicts are written ``dict(key=...)``; what does not fit on a line gets a
    line for every item, as in MMSegmentation's own configs.

    Args:
        name: The variable.
        value: Dicts, lists, tuples, text, numbers, True, False and None,
            nested; a :class:`Name` refers to another variable.

    Returns:
        The text, with a newline at its end.

    Raises:
        ValueError: A value has no such text; its place is named.

    Example:
        >>> assignment('host', dict(type='FCNHead', channels=8))
        "host = dict(type='FCNHead', channels=8)\\n"
    """
    return f'{name} = {_text(value, name, 0, len(name) + 3, 0)}\n'


def _text(value: ConfigValue, place: str, indent: int, column: int,
          after: int) -> str:
    """Return a value's text on one line where it fits, else on several.

    Args:
        value: The value.
        place: Where it is, for messages.
        indent: Columns before the line that it starts on.
        column: Where it starts.
        after: Characters that must follow on its last line.
    """
    flat = _flat(value, place)
    if column + len(flat) + after <= WIDTH:
        return flat
    if isinstance(value, (Mapping, list, tuple)) and len(value):
        return _lines(value, place, indent, after)
    return flat


def _flat(value: ConfigValue, place: str) -> str:
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, Mapping):
        start, end = _brackets(value)
        items = (prefix + _flat(item, f'{place}.{key}')
                 for key, prefix, item in _items(value))
        return start + ', '.join(items) + end
    if isinstance(value, (list, tuple)):
        start, end = _brackets(value)
        parts = [_flat(item, f'{place}[{i}]') for i, item in enumerate(value)]
        comma = ', ' if isinstance(value, tuple) and len(value) == 1 else ''
        return start + ', '.join(parts) + comma + end
    return _scalar(value, place)


def _lines(value: ConfigValue, place: str, indent: int, after: int) -> str:
    start, end = _brackets(value)
    inner = indent + _INDENT
    flat = _flat(value, place)[len(start):]
    if start == 'dict(' and inner + len(flat) + after <= WIDTH:
        return f'{start}\n{" " * inner}{flat}'
    if start == '[' and all(map(_is_scalar, value)):
        return f'[\n{_filled(value, place, inner)}\n{" " * indent}]'
    parts = []
    for number, (key, prefix, item) in enumerate(_items(value)):
        # A comma behind it, or the closing brackets.
        last = number == len(value) - 1
        follows = after + len(end) if last and end != ']' else 1
        text = _text(item, f'{place}.{key}', inner, inner + len(prefix),
                     follows)
        parts.append(' ' * inner + prefix + text)
    close = f'\n{" " * indent}{end}' if end == ']' else end
    if isinstance(value, tuple) and len(value) == 1:
        close = f', {end}'
    return f'{start}\n' + ',\n'.join(parts) + close


def _items(value: ConfigValue) -> Iterator[tuple[int | str, str, ConfigValue]]:
    """Yield key, what is written before the item, and the item."""
    if not isinstance(value, Mapping):
        yield from ((i, '', item) for i, item in enumerate(value))
    elif _brackets(value)[0] == 'dict(':
        yield from ((key, f'{key}=', item) for key, item in value.items())
    else:
        yield from ((key, f'{key!r}: ', item) for key, item in value.items())


def _brackets(value: object) -> tuple[str, str]:
    if not isinstance(value, Mapping):
        return ('[', ']') if isinstance(value, list) else ('(', ')')
    plain = all(
        isinstance(key, str) and key.isidentifier()
        and not keyword.iskeyword(key) for key in value)
    return ('dict(', ')') if plain else ('{', '}')


def _is_scalar(value: object) -> bool:
    return not isinstance(value, (Mapping, list, tuple))


def _filled(values: list, place: str, indent: int) -> str:
    """Return scalars with as many on a line as fit."""
    lines = [' ' * indent]
    for number, value in enumerate(values):
        item = _flat(value, place) + (',' if number < len(values) - 1 else '')
        if lines[-1].strip() and len(lines[-1]) + 1 + len(item) > WIDTH:
            lines.append(' ' * indent)
        lines[-1] += (' ' if lines[-1].strip() else '') + item
    return '\n'.join(lines)


def _scalar(value: ConfigValue, place: str) -> str:
    if value is None or type(value) in (bool, int, str):
        return repr(value)
    if type(value) is float:
        return repr(value) if math.isfinite(value) else f"float('{value}')"
    raise ValueError(
        f'{place} is a {type(value).__name__}, {value!r}, which cannot be '
        'written into a config: use plain text, numbers, lists and dicts')


def comment(text: str) -> str:
    """Return a sentence as comment lines of at most 79 columns.

    Args:
        text: The sentence.
    """
    return textwrap.fill(text, WIDTH, initial_indent='# ',
                         subsequent_indent='# ', break_long_words=False,
                         break_on_hyphens=False) + '\n'


def short_keys(keys: Iterable[str]) -> list[str]:
    """Return config keys by their last parts, in full if two are alike.

    Args:
        keys: Such as ``'model.decode_head.gamma'``.
    """
    keys = list(keys)
    ends = [key.rpartition('.')[2] for key in keys]
    return ends if len(set(ends)) == len(ends) else keys
