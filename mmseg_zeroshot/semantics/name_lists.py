r"""Lists of class names, written in one way wherever a person writes them.

============================  ==============================================
``cat,dog``, ``cat dog``      commas or blanks
``cat, potted plant, dog``    where there is a comma, blanks belong to names
``"potted plant" cat``        quotes, where there is none
``classes.txt``, ``./names``  a file: what ends in ``.txt``, or starts with
                              ``/``, ``./``, ``../`` or ``~``
============================  ==============================================

A file has one name a line; empty lines and what follows ``#`` are skipped. Its
lines may carry the ids of a label map, ``0 background`` or ``background 0``.

Where the names are to be found in a class list, a text that is a name of it as
a whole is that name: ``traffic light`` is one where the list has it.
"""
from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from .names import check_unique, resolve

_PATH = re.compile(r'(/|\.{1,2}/|~).*|.*\.txt', re.DOTALL)
# A quoted name, or one without quotes; what ends it follows.
_QUOTED = re.compile(r"""\s*(["'])(?P<name>.*?)\1(?=[\s,]|$)""", re.DOTALL)
_IN_COMMAS = re.compile(r'(?P<name>[^,]*)')
_IN_BLANKS = re.compile(r'\s*(?P<name>\S*)')
_NUMBER_FIRST = re.compile(r'(?P<number>\d+)\s*[:\s]\s*(?P<name>.*\S)')
_NUMBER_LAST = re.compile(r'(?P<name>.*\S)\s*[:\s]\s*(?P<number>\d+)')


class GivenNames(list[str]):
    """A list of names, and the texts that it was read from.

    Args:
        texts: See :func:`parse_names`.
    """

    def __init__(self, texts: str | Sequence[str]) -> None:
        super().__init__(parse_names(texts))
        self.texts = texts


def names_among(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return names, read once more where the class list is known by now.

    Args:
        names: Any; only :class:`GivenNames` are read again.
        known: The class list.

    Raises:
        ValueError: See :func:`parse_names`.
    """
    return (parse_names(names.texts, known) if isinstance(names, GivenNames)
            else list(names))


def parse_names(texts: str | Sequence[str],
                known: Sequence[str] = ()) -> list[str]:
    """Read a list of names.

    Args:
        texts: A text in one of the forms above, or several, as a shell splits
            them: then quotes have kept a blank inside a text, which is part
            of a name, so ``['cat', 'potted plant']`` are two names.
        known: Class names; a text that is one of them is not split.

    Returns:
        The names in their own spelling and order.

    Raises:
        ValueError: There is no name, a class is named twice (also in two
            spellings), a quote is not closed, or a file is no list of names.
        FileNotFoundError: What looks like a file is not there.
    """
    given = [texts] if isinstance(texts, str) else list(texts)
    if len(given) > 1 and any(text.strip().endswith(',') for text in given):
        # The shell has split `cat, potted plant, dog` at its blanks.
        given = [' '.join(given)]
    names = [name for text in given
             for name in ([text.strip()] if _is_known(text, known) else
                          _names_of(text, whole=len(given) > 1))]
    if not names:
        raise ValueError('the list of names is empty: write names such as '
                         'cat,dog or "potted plant", or the path of a file')
    check_unique(names, where='the list of names')
    return names


def read_names(path: str | Path) -> list[str]:
    """Read the names in a text file.

    Args:
        path: The file.

    Returns:
        The names in the order of the lines, without numbers.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no UTF-8 text, holds no name, names a class twice,
            or numbers its lines in another order than 0, 1, 2 …
    """
    file = Path(os.path.expanduser(path))
    if not file.is_file():
        raise FileNotFoundError(
            f'no such file of names: {path} (what ends in .txt or starts '
            'with / ./ ../ or ~ is taken for a file)')
    try:
        # A byte order mark is no part of the first name.
        text = file.read_text(encoding='utf-8-sig')
    except UnicodeDecodeError as error:
        raise ValueError(f'{path} is not a UTF-8 text file') from error
    lines = (line.split('#')[0].strip() for line in text.splitlines())
    names = _without_numbers([line for line in lines if line], str(path))
    if not names:
        raise ValueError(f'{path} holds no name')
    check_unique(names, where=str(path))
    return names


def _is_known(text: str, known: Sequence[str]) -> bool:
    """Whether a whole text is a name of a class list, in any spelling."""
    if not known or _PATH.fullmatch(text.strip()):
        return False
    try:
        resolve(text.strip(), known)
    except ValueError:
        return False
    return True


def _names_of(text: str, *, whole: bool) -> list[str]:
    """Return the names of one text, which may be a whole one."""
    text = text.strip()
    if _PATH.fullmatch(text) and not _outside_quotes(text, ','):
        return read_names(text)
    if _outside_quotes(text, ','):
        return list(_split(text, _IN_COMMAS))
    if whole and text[:1] not in ('"', "'"):
        return [text] if text else []
    return list(_split(text, _IN_BLANKS))


def _outside_quotes(text: str, sign: str) -> bool:
    """Say whether a sign stands in a text outside of quoted names."""
    return sign in re.sub(r"""(?:(?<=[\s,])|^)(["']).*?\1(?=[\s,]|$)""", '',
                          text)


def _split(text: str, plain: re.Pattern[str]) -> Iterator[str]:
    """Yield names up to the next comma or blank, quoted ones as they are."""
    place = 0
    while place < len(text):
        found = _QUOTED.match(text, place) or plain.match(text, place)
        assert found is not None  # what is plain may be empty
        name = found['name'].strip()
        if name[:1] in ('"', "'") and not found.re == _QUOTED:
            raise ValueError(f'a quote is not closed in {text!r}, at {name!r}')
        if name:
            yield name
        # The comma or blank after the name.
        place = found.end() + 1


def _without_numbers(lines: Sequence[str], where: str) -> list[str]:
    """Return lines without the ids that a label map gives its names."""
    for form in (_NUMBER_FIRST, _NUMBER_LAST):
        found = [match for line in lines if (match := form.fullmatch(line))]
        if not lines or len(found) < len(lines):
            continue
        numbers = [int(match['number']) for match in found]
        if numbers == list(range(len(lines))):
            return [match['name'] for match in found]
        if form is _NUMBER_FIRST:
            raise ValueError(
                f'{where}: the numbers of the lines must be 0, 1, 2 … in '
                f'this order, got {", ".join(map(str, numbers[:5]))}; '
                'write one name a line, without numbers')
    return list(lines)
