"""Models at work on the images of a test set."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import mmcv
import numpy as np
import torch
from mmengine.runner import Runner
from mmseg.structures import SegDataSample
from torch.utils.data import Subset

from mmseg_zeroshot.engine.hooks.runner_access import data_split, head_split
from mmseg_zeroshot.loading import load_runner, open_config
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.pictures import read_picture
from mmseg_zeroshot.utils.typing_utils import ConfigPart, Sample

if TYPE_CHECKING:
    from mmengine.dataset import BaseDataset


def load_tester(config: str, checkpoint: str, folder: Path,
                options: ConfigPart | None = None) -> Runner:
    """Load a model that is only looked at: its log says warnings alone.

    Args:
        config: Config file.
        checkpoint: Weights.
        folder: For the log.
        options: Config keys to change.

    Returns:
        The runner, its model in eval mode.

    Raises:
        FileNotFoundError: A file is missing.
        ValueError: The weights do not fit.
    """
    cfg = open_config(config, options)
    cfg.work_dir, cfg.log_level = str(folder), 'WARNING'
    cfg.experiment_name = f'panels-{folder.name}'
    return load_runner(cfg, checkpoint).runner


def split_of_test_set(runner: Runner) -> ClassSplit:
    """Return the split of a runner's test set.

    Args:
        runner: Whose images are shown.

    Raises:
        ValueError: The test set has no split.
    """
    split = data_split(runner.test_dataloader.dataset)
    if split is None:
        raise ValueError("the test set's metainfo has no 'split'; wrap it in "
                         'ZeroShotDataset, as the shipped configs do')
    return split


def check_same_classes(runner: Runner, split: ClassSplit) -> None:
    """Make sure that a model's predictions can stand beside another's.

    Args:
        runner: Has the model.
        split: Of the images and the other model.

    Raises:
        ValueError: The model has other classes.
    """
    given = head_split(runner.model) or data_split(
        runner.test_dataloader.dataset)
    if given is None or given.classes != split.classes:
        raise ValueError(
            f'{runner.cfg.filename} has other classes than split '
            f'{split.name!r}: its predictions cannot stand beside')


@torch.no_grad()
def segmented(runner: Runner, batches: Iterable[Sample]
              ) -> Iterator[SegDataSample]:
    """Yield segmented samples, in order.

    Args:
        runner: Holds the model.
        batches: Of its data loader.

    Yields:
        Samples with prediction and truth.
    """
    for batch in batches:
        yield from runner.model.test_step(batch)


def segment_places(runner: Runner, dataset: BaseDataset,
                   places: Sequence[int]) -> dict[int, list[np.ndarray]]:
    """Segment some images of a data set.

    Args:
        runner: Holds the model.
        dataset: The images.
        places: Their positions.

    Returns:
        By position the (H, W, 3) RGB image, truth and prediction, each
        (H, W) class ids.
    """
    if not places:
        return {}
    loader = Runner.build_dataloader(dict(
        runner.cfg.test_dataloader.to_dict(),
        dataset=Subset(dataset, list(places))))
    rows = {}
    for place, sample in zip(places, segmented(runner, loader)):
        truth, prediction = (
            part.data[0].cpu().numpy()
            for part in (sample.gt_sem_seg, sample.pred_sem_seg))
        image = read_picture(sample.img_path, getattr(dataset, 'steps', ()))
        image = mmcv.imresize(image, truth.shape[::-1])
        rows[place] = [image, truth, prediction]
    return rows
