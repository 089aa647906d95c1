"""A picture of images with what they got."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from torch.utils.data import Subset

from mmseg_zeroshot.datasets.self_training.files import (
    Manifest,
    map_path,
    read_map,
)
from mmseg_zeroshot.datasets.self_training.labeller import Labeller
from mmseg_zeroshot.utils.pictures import read_picture
from mmseg_zeroshot.visualization import save_panel

if TYPE_CHECKING:
    from mmseg_zeroshot.datasets import ZeroShotDataset

PREVIEW = 'preview.png'


def draw_preview(path: Path, dataset: ZeroShotDataset,
                 manifest: Manifest, labeller: Labeller, count: int) -> None:
    """Draw images that got pseudo-labels, evenly spaced in the data set.

    Args:
        path: PNG file to write.
        dataset: The images.
        manifest: What they got.
        labeller: Says what the model predicts.
        count: Number of images; none for 0.
    """
    images, names = manifest['images'], dataset.image_names
    places = [i for i, name in enumerate(names) if images[name]['kept']]
    count = min(count, len(places))
    if not count:
        return
    chosen = [places[i] for i in
              np.linspace(0, len(places) - 1, count).astype(int)]
    rows, remaining = [], iter(chosen)
    split = dataset.split
    for batch in labeller.loader(Subset(dataset, chosen)):
        for sample in labeller.predict(batch)[0]:
            own, seen = sample.gt_sem_seg.data, sample.pred_sem_seg.data
            name = names[next(remaining)]
            rows.append([
                read_picture(sample.img_path, dataset.steps),
                own[0].cpu().numpy(), seen[0].cpu().numpy(),
                read_map(map_path(path.parent, name), split.num_classes)])
    save_panel(path, rows, classes=split.classes,
               unseen=split.unseen, grey='no label',
               titles=('image', 'its own labels', 'prediction',
                       'pseudo-labels'))
