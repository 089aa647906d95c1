"""Tables of class vectors from word vectors: GloVe, word2vec, fastText."""
from .build import (
    Resolution,
    SourceReport,
    build_class_vectors,
    parse_source,
)

__all__ = [
    'Resolution', 'SourceReport', 'build_class_vectors', 'parse_source'
]
