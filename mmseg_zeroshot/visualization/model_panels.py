"""Panels of a model: images with unseen classes, the best and the hardest."""
from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmseg_zeroshot.evaluation.image_scores import ImageScores
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import atomic_write

from .confusion_map import (
    confusion_table,
    save_confusion_csv,
    save_confusion_map,
)
from .examples import best_and_hardest, choose_by_shares
from .panels import save_panel


class Chosen(NamedTuple):
    """Positions of the images that are shown.

    Attributes:
        panel: Those of the panel.
        classes: For each class with panels of its own the best images and
            the hardest ones.
    """

    panel: list[int]
    classes: dict[str, tuple[list[int], list[int]]]

    def places(self) -> list[int]:
        """Return all positions, each once, ascending."""
        return sorted({*self.panel, *(
            place for pair in self.classes.values()
            for places in pair for place in places)})


def choose_examples(scores: ImageScores, split: ClassSplit,
                    classes: Sequence[str], *, images: int,
                    each: int) -> Chosen:
    """Choose the images of the panel, and the best and hardest ones.

    Args:
        scores: Of all images.
        split: The split.
        classes: Names of the classes with panels of their own.
        images: Number of images in the panel.
        each: Number of best, and of hardest, images of a class.

    Returns:
        The positions; a class that fits no image is left out.
    """
    shown = list(split.unseen_ids or split.seen_ids)
    panel = choose_by_shares(scores.shares[:, shown], images)
    found = {}
    for name in classes:
        i = split.classes.index(name)
        pair = best_and_hardest(scores.ious[:, i], scores.shares[:, i], each)
        if pair[0]:
            found[name] = pair
    return Chosen(panel, found)


def save_model_panels(folder: Path,
                      rows: Mapping[int, Sequence[np.ndarray]],
                      chosen: Chosen, scores: ImageScores,
                      split: ClassSplit, *, titles: Sequence[str],
                      formats: Sequence[str] = ('png', 'svg')) -> None:
    """Write ``panel`` and ``classes/NAME``.

    Args:
        folder: Where to.
        rows: By position image, truth and predictions, as ``titles`` says.
        chosen: The positions.
        scores: Of all images.
        split: The split.
        titles: Of the columns.
        formats: ``'png'``, ``'svg'`` or both.
    """
    save = partial(save_panel, classes=split.classes, unseen=split.unseen,
                   titles=titles)
    for suffix in formats:
        if chosen.panel:
            save(folder / f'panel.{suffix}', [rows[i] for i in chosen.panel])
        for name, (best, hardest) in chosen.classes.items():
            ious = scores.ious[:, split.classes.index(name)]
            captions = [f'{name}, {kind}: IoU {ious[i]:.0f}'
                        for kind, places in (('best', best),
                                             ('hardest', hardest))
                        for i in places]
            file = name.replace('/', '-').replace(' ', '_')
            save(folder / 'classes' / f'{file}.{suffix}',
                 [rows[i] for i in (*best, *hardest)], captions=captions)


def save_image_scores(folder: Path, scores: ImageScores, split: ClassSplit,
                      *, title: str, checkpoint: str,
                      formats: Sequence[str] = ('png', 'svg')) -> None:
    """Write ``confusion``, and ``images.json``: each class in each image.

    Args:
        folder: Where to.
        scores: Of all images.
        split: The split.
        title: The model's.
        checkpoint: Its file, whose name is noted.
        formats: ``'png'``, ``'svg'`` or both.
    """
    table = confusion_table(scores.confusion, split)
    save_confusion_csv(folder / 'confusion.csv', table)
    for suffix in formats:
        save_confusion_map(folder / f'confusion.{suffix}', table,
                           title=f'{title}, {split.name}')
    images = [
        dict(image=name, classes={
            split.classes[i]: dict(
                IoU=float(scores.ious[n, i]),
                share=float(scores.shares[n, i]))
            for i in np.flatnonzero(np.isfinite(scores.ious[n]))})
        for n, name in enumerate(scores.names)]
    with atomic_write(folder / 'images.json', 'w') as file:
        json.dump(dict(split=split.name, title=title,
                       checkpoint=os.path.basename(checkpoint),
                       images=images), file, indent=1, allow_nan=False)
