"""Which ids the masks of a data set hold, and what is wrong with them."""
from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from mmseg_zeroshot.utils.images import Photo, look_at, open_image
from mmseg_zeroshot.utils.label_values import USUAL, no_label

from .mask_file import DEFECTS, MaskFile, read_mask
from .pairs import Pair
from .problems import Problem, first_of

_PIXELS = 250_000_000
"""About so many pixels of masks are read and counted in three seconds."""
_LEAST, _MOST = 50, 4000
_THREADS = 2


@dataclass(frozen=True)
class MaskReport:
    """What is in the masks that were read.

    Attributes:
        num_ids: Classes of the data set; ids below are expected.
        total: Masks that there are.
        pairs: Those that were read.
        holds: (read, 256) whether a mask holds a value, bool; (read,
            num_ids) for more than 255 classes.
        pixels: (256, ) pixels of each value, int64; (65536, ) for more than
            255 classes.
        sizes: Images by their (width, height).
        outside: First file with an id that is no class, by id.
        problems: What is wrong with the files that were read.
    """

    num_ids: int
    total: int
    pairs: Sequence[Pair]
    holds: np.ndarray
    pixels: np.ndarray
    sizes: Mapping[tuple[int, int], int]
    outside: Mapping[int, Path]
    problems: tuple[Problem, ...]

    @property
    def read(self) -> int:
        """How many masks were read."""
        return len(self.pairs)

    @property
    def is_sample(self) -> bool:
        """Whether there are more masks than were read."""
        return self.read < self.total

    @property
    def images(self) -> np.ndarray:
        """Masks that hold each value of ``holds``, among those read."""
        return self.holds.sum(0)

    @property
    def ids(self) -> tuple[int, ...]:
        """Values of ``holds`` that occur and are a label, ascending."""
        return tuple(int(i) for i in np.flatnonzero(self.images)
                     if i != no_label(self.num_ids))

    @property
    def unlabelled(self) -> float:
        """Share of the pixels that carry no label."""
        return float(self.pixels[-1] / max(self.pixels.sum(), 1))

    def images_without(self, hidden: Collection[int]) -> np.ndarray:
        """Return how many masks hold each value and none that is hidden.

        Args:
            hidden: Ids that leave an image out of training.

        Returns:
            Masks for each value of ``holds``, among those read.
        """
        left = ~self.holds[:, list(hidden)].any(1)
        return self.holds[left].sum(0)

    def scaled(self, count: int) -> str:
        """Return a number of masks as text, estimated for all of a sample.

        Args:
            count: Masks among those read.
        """
        if not self.is_sample:
            return f'{count:,}'
        return f'~{round(count * self.total / max(self.read, 1)):,}'


def sample_size(pairs: Sequence[Pair]) -> int:
    """Return how many masks are read in about three seconds.

    Args:
        pairs: Of one data set; the first tells how large its images are.

    Returns:
        At least 50, at most 4000, more of small masks than of large ones.
    """
    if not pairs:
        return _LEAST
    try:
        with open_image(pairs[0].mask) as image:
            pixels = image.size[0] * image.size[1]
    except (OSError, Image.DecompressionBombError):
        return _LEAST
    return min(_MOST, max(_LEAST, _PIXELS // max(pixels, 1)))


def scan_masks(pairs: Sequence[Pair], *, num_ids: int,
               sample: int | None = None,
               reduce_zero_label: bool = False) -> MaskReport:
    """Read masks, and the heads of their images, and report on them.

    Args:
        pairs: Images and masks.
        num_ids: Classes of the data set.
        sample: How many to read, evenly spread over all; None for all. The
            same ones are read each time.
        reduce_zero_label: Whether value 0 carries no label and id ``i`` is
            written as ``i + 1``, as in ADE20K.
    """
    chosen = _spread(pairs, sample)
    most = no_label(num_ids)
    with ThreadPoolExecutor(_THREADS) as pool:
        masks = list(pool.map(lambda pair: read_mask(pair.mask, most),
                              chosen))
        images = list(pool.map(lambda pair: _image(pair.image), chosen))
    pixels = np.zeros(most + 1, np.int64)
    holds = np.zeros(
        (len(masks), most + 1 if most == USUAL else num_ids), bool)
    outside: dict[int, Path] = {}
    strays = 0
    for pair, mask, held in zip(chosen, masks, holds):
        ids = _reduced(mask.values, most) if reduce_zero_label else mask.values
        np.add.at(pixels, ids, mask.counts)
        held[ids[ids < len(held)]] = True
        wrong = ids[(ids >= num_ids) & (ids != most)].tolist()
        outside = {**dict.fromkeys(wrong, pair.mask), **outside}
        strays += bool(wrong)
    outside = dict(sorted(outside.items()))
    problems = (*_defects(chosen, masks), *_bad_images(chosen, images),
                *_other_sizes(chosen, masks, images), *_turned(images),
                *_outside(outside, strays, num_ids))
    sizes = Counter(image.size for image in images
                    if isinstance(image, Photo))
    return MaskReport(num_ids, len(pairs), chosen, holds, pixels,
                      dict(sizes.most_common()), outside, problems)


def _reduced(values: np.ndarray, most: int) -> np.ndarray:
    """Return ids as ``reduce_zero_label`` makes them of values."""
    return np.where((values == 0) | (values == most), most, values - 1)


def _spread(pairs: Sequence[Pair], sample: int | None) -> list[Pair]:
    """Return pairs that are evenly spread over all."""
    if sample is None or sample >= len(pairs):
        return list(pairs)
    places = np.linspace(0, len(pairs) - 1, max(sample, 1)).round()
    return [pairs[int(place)] for place in places]


def _image(path: Path) -> Photo | str:
    """Look at an image's header, or return why it cannot be read."""
    try:
        return look_at(path, max_pixels=Image.MAX_IMAGE_PIXELS or 1 << 40)
    except (OSError, ValueError, SyntaxError) as error:
        return str(error)


def _defects(pairs: Sequence[Pair],
             masks: Sequence[MaskFile]) -> list[Problem]:
    problems = []
    for kind, (what, mend) in DEFECTS.items():
        files = [f'{pair.mask}, {mask.defects[kind]}'
                 for pair, mask in zip(pairs, masks) if kind in mask.defects]
        if files:
            problems.append(Problem(f'{len(files):,} {what}', first_of(files),
                                    mend, len(files),
                                    fatal=kind != 'lossy'))
    return problems


def _bad_images(pairs: Sequence[Pair],
                images: Sequence[Photo | str]) -> list[Problem]:
    bad = [image for image in images if isinstance(image, str)]
    if not bad:
        return []
    return [Problem(f'{len(bad):,} images cannot be read', first_of(bad),
                    'copy them again, or take their names out', len(bad))]


def _other_sizes(pairs: Sequence[Pair], masks: Sequence[MaskFile],
                 images: Sequence[Photo | str]) -> list[Problem]:
    """Look for masks that do not fit their images."""
    files = [
        f'{pair.mask} is {mask.size[0]}x{mask.size[1]}, its image '
        f'{image.size[0]}x{image.size[1]}'
        for pair, mask, image in zip(pairs, masks, images)
        if mask.size != (0, 0) and isinstance(image, Photo)
        and image.size != mask.size
    ]
    if not files:
        return []
    return [Problem(
        f'{len(files):,} masks are of another size than their images',
        first_of(files), 'scale masks to their images, without '
        'interpolation', len(files))]


def _turned(images: Sequence[Photo | str]) -> list[Problem]:
    """Look for images that are turned while their masks are not."""
    files = [f'{image.path}, orientation {image.orientation}'
             for image in images
             if isinstance(image, Photo) and image.orientation != 1]
    if not files:
        return []
    return [Problem(
        f'{len(files):,} images carry an EXIF orientation and are turned, '
        'their masks are not', first_of(files),
        'masks must be drawn on the images as viewers show them; if they are '
        'drawn on the stored pixels, write the images anew without the tag',
        len(files), fatal=False)]


def _outside(outside: Mapping[int, Path], count: int,
             num_ids: int) -> list[Problem]:
    if not outside:
        return []
    ids = list(outside)
    listed = ', '.join(map(str, ids[:8])) + (', ...' if ids[8:] else '')
    return [Problem(
        f'{count:,} masks hold ids that are no class: {listed}, with '
        f'{num_ids} classes the ids are 0 to {num_ids - 1}',
        str(outside[ids[0]]),
        'add the missing classes to the list, or write '
        f'{no_label(num_ids)} where there is no label', count)]
