"""Folders of small label maps."""
from pathlib import Path

import numpy as np
from PIL import Image

from mmseg_zeroshot import ClassSplit

SPLIT = ClassSplit(['background', 'cat', 'dog', 'cow'], unseen=['cow'],
                   name='pets')
TRUTH = {
    'a': np.array([[0, 0, 1], [1, 2, 255]]),
    'b': np.array([[3, 3], [0, 2]]),
    'deep/c': np.array([[2, 3, 3, 0]])}
GUESS = {
    'a': np.array([[0, 1, 1], [1, 2, 3]]),
    'b': np.array([[3, 1], [0, 2]]),
    'deep/c': np.array([[2, 3, 0, 0]])}
CONFUSION = [[3, 1, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0], [1, 1, 0, 2]]
"""Of the two."""


def write(path, ids):
    """One label map: PNG of 8 bits, or of 16 where ids need it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = np.uint8 if ids.max(initial=0) < 256 else np.uint16
    Image.fromarray(ids.astype(kind)).save(path)
    return path


def folder(root, maps, end='.png'):
    """Label maps by name."""
    for name, ids in maps.items():
        write(Path(root, name + end), ids)
    return Path(root)


def both(root, truth=TRUTH, guess=GUESS):
    """Folders of predictions and of label maps."""
    return folder(root / 'guess', guess), folder(root / 'truth', truth)
