"""How a class name is taken apart into words.

One rule for the tool that makes class vectors and for names that are added
to a trained model later: the vector of a name of several words is the mean
of the words' vectors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .names import canonical

# Names written as one word, or with labels of the annotation scheme that are
# not words of the thing: 'building-other' is a building.
_JOINED: dict[str, str] = {
    'pottedplant': 'potted plant',
    'tvmonitor': 'tv monitor',
    'diningtable': 'dining table',
    'playingfield': 'playing field',
    'waterdrops': 'water drops',
    'bedclothes': 'bed clothes',
    'windowpane': 'window pane',
    'signboard': 'sign board',
    'signsymbol': 'sign symbol',
    'streetlight': 'street light',
    'ashcan': 'ash can',
    'plaything': 'play thing',
    'countertop': 'counter top',
    'stairway': 'stair way',
    'bookcase': 'book case',
    'crtscreen': 'crt screen',
    'wallconcrete': 'wall concrete',
    'skateboard': 'skate board',
    'surfboard': 'surf board',
    'snowboard': 'snow board',
    'teddybear': 'teddy bear',
}

# Labels of an annotation scheme at the end of a name. SPNet's released
# vectors average them in, which draws 'mirror-stuff' and 'desk-stuff'
# together; their files can be used as they are.
_SCHEME_WORDS = frozenset({'other', 'stuff', 'merged'})
# They say nothing about the thing, and word2vec's news vectors lack some.
_FUNCTION_WORDS = frozenset({'a', 'an', 'and', 'of', 'or', 'the', 'with'})
# Brackets and signs end a word; an apostrophe or a full stop inside does not.
_WRITTEN = re.compile(r"[^\W_][^\W_.']*(?:[.'][^\W_.']+)*")
_LETTERS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
# Between 'Upper' and 'Clothes', and between 'TV' and 'Monitor'.
_CAMEL_CASE = re.compile(r'(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])')


def split_words(name: str) -> tuple[str, ...]:
    """The words of a class name, each a run of letters.

    White space, ``_``, ``-``, ``/``, brackets and other signs, digits and
    the change from lower to upper case part words.

    Args:
        name (str): A class name, for example ``'building-other'``,
            ``'Traffic Sign (Back)'`` or ``'UpperClothes'``.

    Returns:
        tuple[str, ...]: Lower-case words without function words and without
        the annotation scheme's ``other`` and ``stuff`` at the end:
        ``('building', )``, ``('traffic', 'sign', 'back')``, ``('upper',
        'clothes')``.
    """
    parted = _CAMEL_CASE.sub(' ', name).lower()
    return _telling(_LETTERS.findall(parted)) or written_words(name)


def written_words(name: str) -> tuple[str, ...]:
    """The words of a class name, digits and mixed case left in them.

    Args:
        name (str): A class name, for example ``'iPhone 3D'``.

    Returns:
        tuple[str, ...]: As :func:`split_words` gives them, but
        ``('iphone', '3d')``; the whole name where it holds no letter and no
        digit.
    """
    name = name.strip().lower()
    return _telling(_WRITTEN.findall(name)) or (name, )


def _telling(written: Sequence[str]) -> tuple[str, ...]:
    """Leave out the words that say nothing about the thing."""
    words = tuple(w for w in written if w not in _FUNCTION_WORDS) or (
        tuple(written))
    while len(words) > 1 and words[-1] in _SCHEME_WORDS:
        words = words[:-1]
    return words


def word_splits(name: str) -> tuple[tuple[str, ...], ...]:
    """The ways to take a class name apart, best first.

    Args:
        name (str): A class name, for example ``'UpperClothes'``.

    Returns:
        tuple[tuple[str, ...], ...]: At least one way, each with at least one
        word: as it is written, by the table of joined names, by letters.
        ``(('upperclothes', ), ('upper', 'clothes'))``.
    """
    ways = (written_words(name), joined_words(name), split_words(name))
    return tuple(dict.fromkeys(words for words in ways if words))


def joined_words(name: str) -> tuple[str, ...]:
    """The words of a name that is written as one, from the table.

    Args:
        name (str): A class name, for example ``'pottedplant'``.

    Returns:
        tuple[str, ...]: ``('potted', 'plant')``, or ``()`` if the table does
        not hold the name.
    """
    split = _JOINED.get(canonical(name), '')
    return tuple(split.split())
