"""Words: class lists, class splits and class vectors. Plain Python, numpy."""

from .class_embeddings import (
    DEFAULT_WORDS,
    ClassEmbeddings,
    load_embeddings,
)
from .class_lists import CLASS_LISTS, get_classes
from .class_split import ClassSplit
from .name_lists import parse_names
from .names import canonical, resolve
from .splits import SPLITS, build_split, get_split

__all__ = [
    'CLASS_LISTS', 'DEFAULT_WORDS', 'SPLITS', 'ClassEmbeddings', 'ClassSplit',
    'build_split', 'canonical', 'get_classes', 'get_split',
    'load_embeddings', 'parse_names', 'resolve'
]
