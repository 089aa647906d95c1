"""Lists to train and score on, for images that come in no parts."""
from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmseg_zeroshot.experiments.inspection import Pair

SCORED = 0.2
"""Share of the images to score on."""


@dataclass(frozen=True)
class DrawnParts:
    """Names of images, without endings, as list files hold them.

    Attributes:
        train: To train on.
        val: To score on.
    """

    train: tuple[str, ...]
    val: tuple[str, ...]


def draw_parts(pairs: Sequence[Pair], folder: Path,
               suffix: str) -> DrawnParts:
    """Draw one image in five to score on, the same each time.

    Args:
        pairs: All images and masks.
        folder: The images' folder.
        suffix: Ending of the images.

    Raises:
        ValueError: There are fewer than two images.
    """
    names = [pair.image.relative_to(folder).as_posix()[:-len(suffix)]
             for pair in pairs]
    if len(names) < 2:
        raise ValueError(f'{folder} has {len(names)} images with a mask, too '
                         'few to train and score on')
    drawn = sorted(names, key=_lot)
    number = max(1, round(SCORED * len(names)))
    return DrawnParts(tuple(sorted(drawn[number:])),
                      tuple(sorted(drawn[:number])))


def _lot(name: str) -> str:
    """Return what orders names by chance, by the name alone."""
    return hashlib.sha256(name.encode()).hexdigest()
