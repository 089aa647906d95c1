"""Tiny folders of images and masks, in the layouts that people have."""
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ('sky', 'road', 'car', 'tree', 'bus')
SIZE = (24, 16)


def write_pair(root: Path, image: str, mask: str,
               ids: Sequence[int] = (0, 1)) -> None:
    """Write a grey image, and a mask with bands of some ids."""
    for name in (image, mask):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
    Image.new('RGB', SIZE, 'gray').save(root / image)
    write_mask(root / mask, ids)


def write_mask(path: Path, ids: Sequence[int], dtype: type = np.uint8) -> None:
    """Write a mask with bands of some ids."""
    row = np.array(ids, dtype)[np.arange(SIZE[0]) * len(ids) // SIZE[0]]
    Image.fromarray(np.tile(row, (SIZE[1], 1))).save(path)


def write_voc(root: Path, count: int = 6) -> list[str]:
    """Write VOC's layout, the last third for scoring; return the names."""
    names = [f'2007_{i:06d}' for i in range(count)]
    for i, name in enumerate(names):
        write_pair(root, f'JPEGImages/{name}.jpg',
                   f'SegmentationClass/{name}.png',
                   (0, 1 + i % (len(CLASSES) - 1), 255))
    lists = root / 'ImageSets/Segmentation'
    lists.mkdir(parents=True)
    start = count - count // 3
    (lists / 'train.txt').write_text('\n'.join(names[:start]) + '\n')
    (lists / 'val.txt').write_text('\n'.join(names[start:]) + '\n')
    return names


def write_parts(root: Path, *, images: str = 'images', masks: str = 'masks',
                image_suffix: str = '.jpg', mask_suffix: str = '.png',
                parts: Sequence[str] = ('train', 'val'),
                count: int = 3) -> None:
    """Write folders with parts."""
    for part in parts:
        for i in range(count):
            write_pair(root, f'{images}/{part}/{part}_{i}{image_suffix}',
                       f'{masks}/{part}/{part}_{i}{mask_suffix}')


def write_flat(root: Path, count: int = 10) -> None:
    """Write flat folders without lists."""
    for i in range(count):
        write_pair(root, f'photos/farm {i}.png', f'labels/farm {i}.png',
                   (0, 1, i % len(CLASSES)))
