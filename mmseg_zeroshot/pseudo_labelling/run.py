"""Pseudo-labels from a config and a checkpoint, from loading to writing."""
from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmseg_zeroshot.datasets.self_training.builder import (
    make_pseudo_labels,
    pseudo_label_stamp,
)
from mmseg_zeroshot.datasets.self_training.files import Manifest
from mmseg_zeroshot.datasets.self_training.labeller import Labeller
from mmseg_zeroshot.engine.hooks.consistency.supervision import (
    stored_supervision,
)
from mmseg_zeroshot.engine.hooks.runner_access import head_split
from mmseg_zeroshot.loading import load_runner
from mmseg_zeroshot.utils.locks import locked
from mmseg_zeroshot.utils.typing_utils import ConfigType, Report

from .images import make_dataset, make_loader
from .preview import PREVIEW, draw_preview
from .settings import Settings

if TYPE_CHECKING:
    from mmseg.models import BaseSegmentor


def pseudo_label(config: Config, checkpoint: str, settings: Settings, *,
                 unlabelled: str | None = None, overwrite: bool = False,
                 report: Report = print) -> Manifest:
    """Label a config's training images with its model.

    Args:
        config: Of the model and the images; its ``work_dir`` is set.
        checkpoint: Weights of the trained model.
        settings: Of :func:`read_settings`.
        unlabelled: List of the images whose own labels are not used, instead
            of the config's.
        overwrite: Replace pseudo-labels of something else.
        report: Takes lines about the progress.

    Returns:
        The manifest.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        ValueError: The weights do not fit, the model is no zero-shot model,
            the data set is not one of images, or something else is in the
            folder.
        Locked: Another process makes pseudo-labels there.
    """
    folder = Path(str(settings.path))
    config.work_dir = str(folder.with_name(f'{folder.name}-log'))
    with locked(Path(config.work_dir), f'makes pseudo-labels in {folder}',
                'wait for it, or choose another --out', report=report):
        return _pseudo_label(config, checkpoint, settings, folder,
                             unlabelled, overwrite, report)


def _pseudo_label(config: Config, checkpoint: str, settings: Settings,
                  folder: Path, unlabelled: str | None, overwrite: bool,
                  report: Report) -> Manifest:
    """Label the images, with the folder's lock held."""
    init_default_scope('mmseg')
    dataset = make_dataset(config, unlabelled)
    runner, stored = load_runner(config, checkpoint)
    model: BaseSegmentor = runner.model
    if head_split(model) is None:
        raise ValueError(f'{config.filename}: the decode head has no split; '
                         'pseudo-labels are made by a zero-shot model')
    meta = stored.get('meta') or {}
    labeller = Labeller(model, make_loader(config), percent=settings.p,
                        **settings.views)
    trained = (meta.get('dataset_meta') or {}).get('pseudo_labels') or {}
    stamp = pseudo_label_stamp(
        dataset, checkpoint=checkpoint, supervision=stored_supervision(meta),
        config=prediction_settings(config), gamma=model.decode_head.gamma,
        p=settings.p, views=settings.views,
        number=trained.get('round', 0) + 1)
    manifest = make_pseudo_labels(
        folder, dataset, label_images=partial(labeller, dataset),
        stamp=stamp, overwrite=overwrite, report=report)
    draw_preview(folder / PREVIEW, dataset, manifest, labeller,
                 settings.previews)
    return manifest


def prediction_settings(config: Config) -> ConfigType:
    """Return the parts of a config that predictions depend on.

    Args:
        config: The config.
    """
    model = config.model.to_dict()
    head = model['decode_head']
    # What is trained, and how, is not asked.
    for part in (head, head.get('host') or {}):
        for key in ('stage', 'trains_unseen', 'loss_decode'):
            part.pop(key, None)
    (head.get('generator') or {}).pop('loss', None)
    pipeline = config.test_dataloader.dataset.pipeline
    return dict(model=model, pipeline=[dict(step) for step in pipeline])
