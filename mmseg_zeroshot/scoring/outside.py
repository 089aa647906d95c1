"""Which images show ids that stand for no class."""
from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from .numbering import OUTSIDE, Numbering
from .sides import Labels


def outside_ids(present: np.ndarray, ids: Numbering, start: int,
                labels: Labels, names: Mapping[str, str]) -> Iterator[str]:
    """Yield ids that stand for nothing, with an image that shows them.

    The files are read once more, and only where there is such an id: while
    counting nobody has to remember who showed what.

    Args:
        present: (codes, ) pixels of each code.
        ids: What the codes stand for.
        start: Id of the first class.
        labels: The label maps of the side.
        names: Name of an image -> its label map.

    Yields:
        Such as ``'77 in street_1 and others'``.
    """
    wrong = ids.meaning(start) == OUTSIDE
    if not present[wrong].any():
        return
    shown: dict[int, list[str]] = {}
    for image, name in names.items():
        try:
            values = np.unique(labels.load(name).ids)
        except ValueError:
            continue  # said already
        for value in values[wrong[ids.codes[values]]]:
            shown.setdefault(int(value), []).append(image)
    for value, images in shown.items():
        more = ' and others' if len(images) > 1 else ''
        yield f'{value} in {images[0]}{more}'
