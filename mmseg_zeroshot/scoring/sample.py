"""A submission that is valid, to copy the form of."""
from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import atomic_write

from .opening import open_labels
from .reading import TRUTH, Reading

CLASSES_FILE = 'classes.txt'


def write_sample(folder: str | os.PathLike, truth: str | os.PathLike,
                 split: ClassSplit,
                 read_truth: Reading | None = None) -> int:
    """Write a prediction for every label map, and the list of classes.

    All pixels are of the first seen class. The files have the names, the
    sizes and the type that :func:`.folder.score_folder` wants.

    Args:
        folder: Where to; it must not hold anything yet.
        truth: Folder or zip file of the label maps.
        split: The split.
        read_truth: What is known of the label maps' files.

    Returns:
        How many label maps there are.

    Raises:
        FileExistsError: The folder holds something.
        FileNotFoundError: There are no label maps.
        ValueError: A label map cannot be read.
    """
    folder, reading = Path(folder), read_truth or Reading()
    if folder.is_dir() and any(folder.iterdir()):
        raise FileExistsError(f'{folder} is not empty: name another folder')
    reading.of(split, TRUTH)
    labels = open_labels(truth, reading.palette)
    names = [name for name in labels.names if name.endswith(reading.suffix)]
    kind = np.uint8 if split.num_classes <= 256 else np.uint16
    for name in names:
        try:
            shape = labels.load(name).ids.shape
        except ValueError as error:
            raise ValueError(f'{labels.place}/{name} {error}') from error
        image = name.removesuffix(reading.suffix or Path(name).suffix)
        with atomic_write(folder / f'{image}.png') as file:
            Image.fromarray(np.full(shape, split.seen_ids[0], kind)).save(
                file, format='PNG')
    with atomic_write(folder / CLASSES_FILE, 'w') as file:
        file.write('\n'.join(split.classes) + '\n')
    return len(names)
