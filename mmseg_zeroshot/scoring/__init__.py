"""Scores of predictions that any code base has saved, from their files.

It needs numpy, Pillow and SciPy: no PyTorch and no OpenMMLab stack.
"""
from typing import TYPE_CHECKING

from mmseg_zeroshot._lazy import lazy_names

if TYPE_CHECKING:
    from .folder import Scored, score_folder
    from .matrix import score_matrix
    from .reading import Reading
    from .sample import write_sample
else:
    __getattr__, __dir__ = lazy_names(__name__, {
        'Scored': 'folder', 'score_folder': 'folder',
        'Reading': 'reading', 'score_matrix': 'matrix',
        'write_sample': 'sample'})

__all__ = ['Reading', 'Scored', 'score_folder', 'score_matrix',
           'write_sample']
