"""Photos that are looked at first and segmented in batches."""
from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path

from mmengine.utils import ProgressBar

from mmseg_zeroshot.utils.images import Photo, batches, look_at
from mmseg_zeroshot.visualization.predictions import PredictionWriter

from .predictor import Predictor


def usable_photos(paths: Sequence[Path],
                  max_pixels: int) -> tuple[list[Photo], list[str]]:
    """Look at all images before any work is done.

    Args:
        paths: Image files.
        max_pixels: Most pixels that an image may have.

    Returns:
        Those that can be segmented, and why the others cannot.

    Raises:
        ValueError: None can be.
    """
    photos, problems = [], []
    for path in paths:
        try:
            photos.append(look_at(path, max_pixels))
        except (OSError, ValueError) as error:
            problems.append(str(error))
    if not photos:
        raise ValueError('no image can be segmented:\n' + '\n'.join(problems))
    return photos, problems


def segment_photos(predictor: Predictor, photos: Sequence[Photo],
                   writer: PredictionWriter,
                   batch_size: int = 1) -> list[str]:
    """Segment photos and write what is found, showing progress.

    Args:
        predictor: The model.
        photos: The photos.
        writer: Where results go.
        batch_size: Most photos at a time.

    Returns:
        Why some could not be segmented.
    """
    problems = []
    bar = ProgressBar(len(photos))
    waiting = deque(batches(photos, batch_size))
    while waiting:
        batch = waiting.popleft()
        try:
            results = predictor.predict([photo.path for photo in batch])
        except (OSError, AssertionError, ValueError) as error:
            # MMCV asserts that an image could be decoded.
            if len(batch) > 1:  # the others are to be segmented
                waiting.extend([photo] for photo in batch)
            else:
                problems.append(
                    f'{batch[0].path} cannot be segmented: {error}')
            continue
        for photo, ids in zip(batch, results):
            writer.write(photo.path, ids)
            bar.update()
    print()
    return problems
