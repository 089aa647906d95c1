"""How a class name is taken apart into words.

One rule for the tool that makes class vectors and for names that are added
to a trained model later: the vector of a name of several words is the mean
of the words' vectors.
"""

from __future__ import annotations

import re

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
_SEPARATORS = re.compile(r'[\s_\-/]+')


def split_words(name: str) -> tuple[str, ...]:
    """The words of a class name as it is written.

    Args:
        name (str): A class name, for example ``'building-other'``.

    Returns:
        tuple[str, ...]: Lower-case words without function words and without
        the annotation scheme's ``other`` and ``stuff`` at the end:
        ``('building', )``.
    """
    written = tuple(w for w in _SEPARATORS.split(name.lower()) if w)
    words = tuple(w for w in written if w not in _FUNCTION_WORDS) or written
    while len(words) > 1 and words[-1] in _SCHEME_WORDS:
        words = words[:-1]
    return words


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
