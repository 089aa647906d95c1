"""Small data sets on disk."""
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ('background', 'cat', 'dog', 'cow', 'horse', 'sheep')
SPLIT = dict(classes=list(CLASSES), unseen=['cow', 'horse'],
             ignored=['sheep'])
UNSEEN, IGNORED = (3, 4), (5, )
LOAD = [dict(type='LoadImageFromFile'), dict(type='LoadAnnotations')]


def write(root: Path, masks: list[np.ndarray], prefix: str = 'a') -> Path:
    """Write label maps and random images of their sizes."""
    rng = np.random.default_rng(0)
    for folder in ('img', 'ann'):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for i, mask in enumerate(masks):
        image = rng.integers(0, 255, (*mask.shape, 3), np.uint8)
        Image.fromarray(image).save(root / f'img/{prefix}{i}.png')
        Image.fromarray(mask.astype(np.uint8)).save(
            root / f'ann/{prefix}{i}.png')
    return root


def blocks(seed: int, ids=range(6), size=(24, 32)) -> np.ndarray:
    """A label map of 8x8 blocks of random ids, some without a label."""
    rng = np.random.default_rng(seed)
    choice = np.array([*ids, 255])
    small = choice[rng.integers(0, len(choice), (size[0] // 8, size[1] // 8))]
    return small.repeat(8, 0).repeat(8, 1).astype(np.uint8)


def config(root: Path, **changes) -> dict:
    """Config of the data set in a folder."""
    return dict(
        dict(type='BaseSegDataset', data_root=str(root), img_suffix='.png',
             data_prefix=dict(img_path='img', seg_map_path='ann'),
             metainfo=dict(classes=list(CLASSES))), **changes)


def poison(root: Path, unseen=UNSEEN, seed: int = 1) -> int:
    """Give every unseen pixel on disk another unseen class at random."""
    rng = np.random.default_rng(seed)
    changed = 0
    for path in sorted((root / 'ann').glob('*.png')):
        mask = np.array(Image.open(path))
        at = np.isin(mask, unseen)
        shift = rng.integers(1, len(unseen), at.sum())
        place = np.searchsorted(unseen, mask[at])
        mask[at] = np.array(unseen)[(place + shift) % len(unseen)]
        changed += int(at.sum())
        Image.fromarray(mask).save(path)
    return changed
