"""Names that strangers chose, as text of a page, a table or a program.

A data set, a method or a class may be called anything. Each format has
characters that end a cell or a line, or that start something else.
"""
from __future__ import annotations

import re
import unicodedata

# Line ends of Python and of Unicode, and tabs.
_BLANKS = '\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029'
# They turn the text around them, also that of other cells.
_TURNING = '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'
_FORMULA = re.compile(r"'*\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_MARKDOWN = re.compile(
    r'[\\|*~\[]|<(?=[a-zA-Z/!?])|(?<!\w)_|_(?!\w)|&(?=#?\w+;)')
_ENTITIES = {'<': '&lt;', '&': '&amp;'}
_LATEX = {'\\': r'\textbackslash{}', '~': r'\textasciitilde{}',
          '^': r'\textasciicircum{}',
          # Behind the end of a row, these would be arguments of it.
          **{character: f'{{{character}}}' for character in '[]*'},
          **{character: f'\\{character}' for character in '&%$#_{}'}}


def one_line(text: str) -> str:
    """Return a text without line ends and other control characters.

    Args:
        text: Any text.

    Returns:
        The text with blanks for line ends and tabs, and with U+FFFD for
        what has no sign, cannot be written, or turns what is beside it.
    """
    return ''.join(' ' if sign in _BLANKS else
                   '\ufffd' if sign in _TURNING
                   or unicodedata.category(sign) in ('Cc', 'Cs') else sign
                   for sign in text)


def markdown_text(text: str) -> str:
    """Return a text that Markdown shows as it is, also in a table.

    Code in backticks stays code.

    Args:
        text: Any text.
    """
    return _MARKDOWN.sub(
        lambda match: _ENTITIES.get(match[0], f'\\{match[0]}'),
        one_line(text))


def latex_cell(text: str) -> str:
    """Return a text with LaTeX's special characters made harmless.

    Args:
        text: Any text.
    """
    return ''.join(_LATEX.get(sign, sign) for sign in one_line(text))


def csv_value(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula.

    Args:
        value: A number, which stays one, or any text.

    Returns:
        A text that begins like a formula gets an apostrophe before it, which
        spreadsheets take for "this is text".
    """
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return f"'{text}" if _FORMULA.match(text) else text


def from_csv(text: str) -> str:
    """Return the text that :func:`csv_value` was given.

    Args:
        text: A cell of a CSV file.
    """
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text
