"""Config keys that a command line changes: ``--cfg-options KEY=VALUE …``.

A value is a Python literal: a number, ``None``, ``True``, ``(64, 64)``,
``[[1, 2], [3]]``, ``dict`` in braces, ``'a text, with comma and blanks'``.
What MMEngine's own option takes means the same here: ``a,b`` and ``[a,b]`` are
lists of texts, ``(a,b)`` is a tuple, ``true`` is True, and anything else is
the text itself.
"""
from __future__ import annotations

import ast
from collections.abc import Sequence

from .typing_utils import ConfigType, ConfigValue

_CLOSING = {'(': ')', '[': ']', '{': '}'}


def parse_options(texts: Sequence[str]) -> ConfigType:
    """Read changes of config keys.

    Args:
        texts: ``KEY=VALUE`` each; dots in a key lead into nested ones.

    Returns:
        Values by key, for ``Config.merge_from_dict``; of a key that is given
        twice the last one.

    Raises:
        ValueError: A text has no ``=`` or no key, or a bracket or a quote
            is not closed.

    Examples:
        >>> parse_options(['model.size=(64, 64)', "name='SPNet, ours'"])
        {'model.size': (64, 64), 'name': 'SPNet, ours'}
    """
    options = {}
    for text in texts:
        key, sign, value = text.partition('=')
        if not sign:
            raise ValueError(f'a changed config key is written KEY=VALUE, got '
                             f'{text!r}')
        key = key.strip()
        if not all(key.split('.')):
            raise ValueError(f'{text!r} names no config key before the "=": '
                             'write KEY=VALUE, such as model.gamma=0.4')
        try:
            options[key] = parse_value(value)
        except ValueError as error:
            raise ValueError(f'config key {key!r}: {error}') from error
    return options


def parse_value(text: str) -> ConfigValue:
    """Read one value.

    Args:
        text: As it stands after ``KEY=``.

    Raises:
        ValueError: A bracket or a quote at its start is not closed.
    """
    text = text.strip()
    parts = _split(text)
    if len(parts) > 1:
        return [parse_value(part) for part in parts]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return _loose_value(text)


def _loose_value(text: str) -> ConfigValue:
    """Read what is no Python literal, by MMEngine's rules."""
    if text[:1] in ('"', "'"):
        raise ValueError(f'a quote is not closed in {text!r}')
    if text[:1] in ('(', '['):
        if not text.endswith(_CLOSING[text[0]]):
            raise ValueError(f'{_CLOSING[text[0]]!r} is missing at the end '
                             f'of {text!r}')
        values = [parse_value(part) for part in _split(text[1:-1])]
        return tuple(values) if text[0] == '(' else values
    if text.lower() in ('true', 'false'):
        return text.lower() == 'true'
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def _split(text: str) -> list[str]:
    """Split at commas outside of brackets and quotes; a last one is none.

    A quote counts at the start of a part only: ``don't`` has none.
    """
    parts, open_brackets, quote = [''], [], ''
    for sign in text:
        at_start = parts[-1].strip() in ('', '(', '[', '{') or (
            parts[-1].rstrip()[-1:] in (*_CLOSING, ',', ':'))
        if quote:
            quote = '' if sign == quote else quote
        elif sign in ('"', "'") and at_start:
            quote = sign
        elif sign in _CLOSING:
            open_brackets.append(_CLOSING[sign])
        elif open_brackets and sign == open_brackets[-1]:
            open_brackets.pop()
        elif sign == ',' and not open_brackets:
            parts.append('')
            continue
        parts[-1] += sign
    if len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    return parts
