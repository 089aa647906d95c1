"""The images that get pseudo-labels, and how they are loaded."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mmengine.config import Config
from mmengine.runner import Runner
from mmseg.registry import DATASETS

from mmseg_zeroshot.datasets.self_training.images import UnlabelledImages

if TYPE_CHECKING:
    from torch.utils.data import DataLoader, Dataset

    from mmseg_zeroshot.datasets import ZeroShotDataset


def make_dataset(config: Config, listed: str | None) -> ZeroShotDataset:
    """Build the data set of the images to be labelled.

    Args:
        config: Its training set gives the images, its test pipeline how
            they are read.
        listed: List of unlabelled images, instead of the config's.

    Raises:
        ValueError: The training set is not one of images.
    """
    given = dict(config.train_dataloader.dataset)
    if given.get('type') != 'ZeroShotDataset':
        raise ValueError(
            f'{config.filename}: train_dataloader.dataset is a '
            f'{given.get("type")}, not a ZeroShotDataset: take a config '
            'that trains on images, such as those in configs/zs5net')
    own = (given.pop('pseudo_labels', None) or {}).get('unlabelled')
    return DATASETS.build(dict(
        given, test_mode=True,
        pipeline=config.test_dataloader.dataset.pipeline,
        pseudo_labels=UnlabelledImages(listed or own)))


def make_loader(config: Config) -> Callable[[Dataset], DataLoader]:
    """Return what loads batches of a data set as a test does.

    Args:
        config: Its test_dataloader says how.
    """
    given = config.test_dataloader.to_dict()
    return lambda dataset: Runner.build_dataloader(
        dict(given, dataset=dataset))
