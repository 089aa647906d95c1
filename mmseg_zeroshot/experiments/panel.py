"""One picture of a run: the methods' predictions side by side."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from mmcv import imresize
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from mmseg.registry import DATASETS

from mmseg_zeroshot.loading import load_model
from mmseg_zeroshot.results import read_records
from mmseg_zeroshot.semantics import ClassSplit, build_split
from mmseg_zeroshot.utils.last_checkpoint import last_checkpoint
from mmseg_zeroshot.utils.pictures import as_picture
from mmseg_zeroshot.visualization import choose_images, save_panel

from .running.folders import CONFIG, RESULTS, is_done
from .running.tasks import Task

FIRST = 'seen only'
"""Method whose column is the first: the others are compared with it."""
LOOKED_AT = 200
"""Most test images that the shown ones are chosen from."""


class Column(NamedTuple):
    """A method in the panel."""

    title: str
    config: Path
    checkpoint: Path


def draw_panel(tasks: Sequence[Task], path: Path, rows: int = 4) -> str:
    """Draw images, truth and the predictions of all methods that reported.

    Args:
        tasks: The tasks of a run; those of its first seed are shown.
        path: PNG file to write.
        rows: Number of images.

    Returns:
        What was written, or why nothing was, in words.
    """
    columns = find_columns(tasks)
    if not columns:
        return 'no panel: no step that has a model has finished'
    try:
        _draw(columns, path, rows)
    except Exception as error:
        # A picture is no reason to call a run of days failed.
        return f'no panel: {type(error).__name__}: {error}'
    return f'written to {path}'


def find_columns(tasks: Iterable[Task]) -> list[Column]:
    """Return the finished models whose results are rows of the table.

    Args:
        tasks: The tasks of a run; those of its first seed are shown.
    """
    found: dict[str, Column] = {}
    seeds = [task.seed for task in tasks if task.seeded]
    for task in tasks:
        checkpoint = model_of(task)
        if (not task.step.report or checkpoint is None
                or (task.seeded and task.seed != seeds[0])):
            continue
        title = _title(task)
        if title in found:
            title = _title(task, always=True)
        if title in found:
            title = f'{title} ({task.step.name})'
        found[title] = Column(title, task.folder / CONFIG, checkpoint)
    return sorted(found.values(), key=lambda one: one.title != FIRST)


def model_of(task: Task) -> Path | None:
    """Return the checkpoint that a finished task trained or tested.

    Args:
        task: The task.
    """
    if not is_done(task):
        return None
    given = task.inputs.get(task.step.load)
    if task.step.command == 'test' and given is not None:
        return last_checkpoint(given.folder)
    return last_checkpoint(task.folder)


@torch.no_grad()
def predict(config: Config, checkpoint: Path,
            samples: Sequence[dict]) -> list[np.ndarray]:
    """Segment samples.

    Args:
        config: With the model.
        checkpoint: Its weights.
        samples: As the test data set gives them.

    Returns:
        (H, W) class ids of each.
    """
    model = load_model(config, checkpoint)
    return [model.test_step(pseudo_collate([sample]))[0]
            .pred_sem_seg.data[0].cpu().numpy() for sample in samples]


def _title(task: Task, *, always: bool = False) -> str:
    """Return the method as tables name it, with a gamma that does a thing.

    Args:
        task: A finished task.
        always: With a gamma of 0 too, to tell it from an equal title.
    """
    record = read_records(task.folder / RESULTS)[0]
    gamma = record.get('gamma') or 0.
    method: str = record['method']
    return f'{method}, gamma {gamma:.2g}' if gamma or always else method


def _draw(columns: Sequence[Column], path: Path, rows: int) -> None:
    init_default_scope('mmseg')
    configs = [Config.fromfile(column.config) for column in columns]
    loader = configs[0].get('test_dataloader')
    if not loader:
        raise ValueError(f'{columns[0].config} has no test_dataloader')
    split = build_split(loader.dataset.split)
    samples = _samples(loader.dataset, split, rows)
    maps = [predict(config, column.checkpoint, samples)
            for config, column in zip(configs, columns)]
    save_panel(
        path,
        [[_image(sample), _truth(sample), *predictions]
         for sample, *predictions in zip(samples, *maps)],
        classes=split.classes, unseen=split.unseen,
        titles=('image', 'truth', *(column.title for column in columns)))


def _samples(dataset: dict, split: ClassSplit, count: int) -> list[dict]:
    """Choose test images that show unseen classes."""
    images = DATASETS.build(dataset)
    if not len(images):
        raise ValueError('there are no test images')
    # Evenly over the data set, whose order may follow the classes.
    looked_at = np.linspace(0, len(images) - 1,
                            min(len(images), LOOKED_AT)).astype(int)
    labels = [_truth(images[int(i)]) for i in looked_at]
    # Neighbours may be frames of one film.
    chosen = choose_images(labels, split.unseen_ids, count,
                           apart=len(looked_at) // (2 * count))
    return [images[int(looked_at[i])] for i in chosen]


def _truth(sample: dict) -> np.ndarray:
    return sample['data_samples'].gt_sem_seg.data[0].numpy()


def _image(sample: dict) -> np.ndarray:
    """Return the RGB image in the size of its mask."""
    image = as_picture(sample['inputs'].permute(1, 2, 0).numpy())
    height, width = _truth(sample).shape
    return imresize(image, (width, height))
