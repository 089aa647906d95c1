"""Which endings of file names make an image and a mask a pair."""
from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

_SAMPLE = 40
_AROUND = 8
_NO_CLASSES = re.compile(r'colou?r|instance|object|polygon|disparity|vis',
                         re.IGNORECASE)
_TRAIN_IDS = re.compile('train_?ids', re.IGNORECASE)


class Suffixes(NamedTuple):
    """Endings of an image's and its mask's name after the part they share.

    Attributes:
        image: Such as ``'.jpg'``.
        mask: Such as ``'_labelTrainIds.png'``.
        pairs: Images that have a mask by this rule.
    """

    image: str
    mask: str
    pairs: int


def holds_no_classes(name: str) -> bool:
    """Whether a name says that files are no maps of class ids.

    Args:
        name: Of a folder or the ending of files, such as
            ``'_instanceIds.png'``.
    """
    return bool(_NO_CLASSES.search(name))


def find_suffixes(images: Sequence[str], masks: Sequence[str], *,
                  image_suffix: str = '',
                  mask_suffix: str = '') -> list[Suffixes]:
    """Find the endings by which names of images and masks agree.

    Args:
        images: Names below the folder of images, sorted.
        masks: Names below the folder of masks, sorted.
        image_suffix: Ending of images, if it is known.
        mask_suffix: Ending of masks, if it is known.

    Returns:
        Rules that pair at least one image, the most likely first: most pairs
        count, endings such as ``_color.png`` count half, and of equal ones
        ``TrainIds`` wins.
    """
    rules: dict[tuple[str, str], None] = {}
    for image in images[::max(1, len(images) // _SAMPLE)]:
        place = bisect_left(masks, os.path.splitext(image)[0])
        for mask in masks[max(0, place - _AROUND):place + _AROUND]:
            rule = _rule(image, mask, image_suffix, mask_suffix)
            if rule:
                rules[rule] = None
    known = set(masks)
    found = [Suffixes(*rule, _count(images, known, *rule)) for rule in rules]
    return sorted((rule for rule in found if rule.pairs), key=_likely)


def _likely(rule: Suffixes) -> tuple:
    """Return a key that puts likely rules first."""
    pairs = rule.pairs * (0.5 if holds_no_classes(rule.mask) else 1)
    return (-pairs, not _TRAIN_IDS.search(rule.mask),
            len(rule.image) + len(rule.mask))


def _rule(image: str, mask: str, image_suffix: str,
          mask_suffix: str) -> tuple[str, str] | None:
    """Return the two endings of a possible pair."""
    if image_suffix:
        stem = image[:-len(image_suffix)]
    elif mask_suffix:
        stem = mask[:-len(mask_suffix)]
    else:
        stem = _beginning(os.path.splitext(image)[0],
                          os.path.splitext(mask)[0]).rstrip('_-. ')
    rule = image[len(stem):], mask[len(stem):]
    fits = (os.path.basename(stem)
            and image.startswith(stem) and mask.startswith(stem)
            and image_suffix in ('', rule[0]) and mask_suffix in ('', rule[1])
            and '/' not in rule[0] + rule[1])
    return rule if fits else None


def _beginning(first: str, second: str) -> str:
    """Return the letters that two names begin with."""
    for place, (one, other) in enumerate(zip(first, second)):
        if one != other:
            return first[:place]
    return min(first, second, key=len)


def _count(images: Sequence[str], masks: set[str], image_suffix: str,
           mask_suffix: str) -> int:
    length = len(image_suffix)
    return sum(image.endswith(image_suffix)
               and image[:-length] + mask_suffix in masks
               for image in images)
