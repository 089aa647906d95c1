"""What is in a data set's folders: its layout, its pairs and its masks.

Nothing is built and no label is changed: ``init`` and ``check`` look here
before anything is trained.
"""
from .class_words import ClassWords, find_words, is_rest
from .layouts import Layout, find_layout
from .mask_file import MaskFile, read_mask
from .mask_report import MaskReport, sample_size, scan_masks
from .pairs import (
    Pair,
    PartPairs,
    pairs,
    pairs_of_infos,
    shared_images,
)
from .problems import Problem

__all__ = [
    'ClassWords', 'Layout', 'MaskFile', 'MaskReport', 'Pair', 'PartPairs',
    'Problem', 'find_layout', 'find_words', 'is_rest', 'pairs',
    'pairs_of_infos', 'read_mask', 'sample_size', 'scan_masks',
    'shared_images'
]
