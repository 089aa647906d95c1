"""Three tiny images in the folders that each data set's converter makes."""
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from mmseg_zeroshot.semantics import ClassSplit

SIZE = 32
NAMES = ('first', 'second', 'third')
VOC12 = 'data/VOCdevkit/VOC2012/'
VOC10 = 'data/VOCdevkit/VOC2010/'
COCO = 'data/coco_stuff164k/'
# Type of a data set -> folders of images, folders of masks, ending of these,
# id of the first class in them, lists of names.
LAYOUTS: dict[str, tuple[Sequence[str], Sequence[str], str, int,
                         Sequence[str]]] = {
    'PascalVOCDataset': (
        [VOC12 + 'JPEGImages'],
        [VOC12 + 'SegmentationClass', VOC12 + 'SegmentationClassAug'],
        '.png', 0,
        [f'{VOC12}ImageSets/Segmentation/{name}.txt'
         for name in ('train', 'aug', 'train_aug', 'val')]),
    # Label 0 is no class.
    'PascalContextDataset59': (
        [VOC10 + 'JPEGImages'], [VOC10 + 'SegmentationClassContext'],
        '.png', 1,
        [f'{VOC10}ImageSets/SegmentationContext/{name}.txt'
         for name in ('train', 'val')]),
    'COCOStuffDataset': (
        [f'{COCO}images/{part}2017' for part in ('train', 'val')],
        [f'{COCO}annotations/{part}2017' for part in ('train', 'val')],
        '_labelTrainIds.png', 0, []),
    'BaseSegDataset': (
        [f'data/camvid/images/{part}' for part in ('train', 'val', 'test')],
        [f'data/camvid/masks/{part}' for part in ('train', 'val', 'test')],
        '.png', 0, []),
}


def write_layout(root: Path, kind: str, split: ClassSplit) -> None:
    """Write two images of seen classes and one of all classes.

    Args:
        root: What the paths of the shipped configs are relative to.
        kind: Type of the data set.
        split: Its classes.
    """
    images, masks, ending, first, lists = LAYOUTS[kind]
    rng = np.random.default_rng(0)
    for name in NAMES:
        ids = split.seen_ids
        if name == NAMES[-1]:
            ids += split.unseen_ids
        # 256 squares hold all of 171 classes.
        squares = np.resize(rng.permutation(ids), (16, 16)).astype(np.uint8)
        label = squares.repeat(SIZE // 16, 0).repeat(SIZE // 16, 1) + first
        noise = rng.integers(0, 100, (SIZE, SIZE, 3))
        image = (noise + label[..., None] % 100).astype(np.uint8)
        _save(root, images, f'{name}.jpg', image)
        _save(root, masks, name + ending, label)
    for path in lists:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text('\n'.join(NAMES))


def _save(root: Path, folders: Sequence[str], name: str,
          pixels: np.ndarray) -> None:
    for folder in folders:
        (root / folder).mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(root / folder / name)
