"""Scores of predictions that any code base has saved, from their files.

It needs numpy, Pillow and SciPy: no PyTorch and no OpenMMLab stack.
"""
from typing import TYPE_CHECKING

from mmseg_zeroshot._lazy import lazy_names

if TYPE_CHECKING:
    from .folder import Scored, score_folder
else:
    __getattr__, __dir__ = lazy_names(__name__, {
        'Scored': 'folder', 'score_folder': 'folder'})

__all__ = ['Scored', 'score_folder']
