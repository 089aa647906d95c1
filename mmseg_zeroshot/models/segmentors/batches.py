"""Batches of images of several sizes."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from mmseg_zeroshot.utils.typing_utils import Sample


def runs_of_one_size(data: Sample) -> Iterator[Sample]:
    """Yield parts of a batch in order, each of images of one size.

    Args:
        data: ``inputs``, a list of images (C, H, W), and ``data_samples``, a
            list or nothing; anything else is yielded as it is.
    """
    inputs = data.get('inputs') if isinstance(data, Mapping) else None
    if not isinstance(inputs, (list, tuple)):
        yield data
        return
    samples = data.get('data_samples')
    for _, places in groupby(range(len(inputs)),
                             lambda place: inputs[place].shape):
        chosen = list(places)
        part = slice(chosen[0], chosen[-1] + 1)
        yield dict(data, inputs=inputs[part],
                   data_samples=samples and samples[part])
