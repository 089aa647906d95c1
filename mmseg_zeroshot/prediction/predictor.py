"""MMSegmentation's inferencer, for checkpoints that fit as a whole."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from mmengine.config import Config
from mmseg.apis import MMSegInferencer

from mmseg_zeroshot.engine.hooks.consistency.checkpoint import (
    LoadingCheck,
    state_dict_of,
)
from mmseg_zeroshot.loading import build_model, open_config
from mmseg_zeroshot.utils.checkpoints import read_checkpoint
from mmseg_zeroshot.utils.finite import check_weights
from mmseg_zeroshot.utils.typing_utils import Checkpoint, ConfigPart

if TYPE_CHECKING:
    from mmseg.models import BaseSegmentor


class Predictor(MMSegInferencer):
    """MMSegInferencer that takes whole checkpoints only.

    Its arguments are those of ``MMSegInferencer``: ``model`` (a config),
    ``weights`` (a local file), ``device`` and ``show_progress``.
    """

    def _init_model(self, cfg: Config, weights: str,
                    device: str = 'cpu') -> BaseSegmentor:
        """Build the model and load its weights without unpickling."""
        checkpoint = read_checkpoint(weights)
        check_weights(state_dict_of(checkpoint), weights)
        model = build_model(cfg)
        model.cfg = cfg
        self._load_weights_to_model(model, checkpoint, cfg)
        return model.to(device).eval()

    def _load_weights_to_model(self, model: BaseSegmentor,
                               checkpoint: Checkpoint | None,
                               cfg: Config) -> None:
        """Load, and raise where MMEngine would only log what is missing."""
        split = getattr(model.decode_head, 'split', None)
        if split is not None:
            LoadingCheck(model, checkpoint or {}, training=False)
        super()._load_weights_to_model(model, checkpoint, cfg)
        if split is not None:
            # A checkpoint need not say its classes; then MMSegmentation
            # takes those of Cityscapes.
            palette = list(model.dataset_meta.get('palette') or [])
            model.dataset_meta = dict(
                classes=split.classes,
                palette=palette if len(palette) == split.num_classes else [])

    def predict(self, paths: Sequence[Path]) -> list[np.ndarray]:
        """Segment images of one size.

        Args:
            paths: The image files.

        Returns:
            The (H, W) class ids of each.
        """
        data = next(self.preprocess([str(path) for path in paths],
                                    batch_size=len(paths)))
        return [sample.pred_sem_seg.data[0].cpu().numpy()
                for sample in self.forward(data)]


def photo_config(path: str, options: ConfigPart | None = None,
                 size: Sequence[int] | None = None) -> Config:
    """Read a config and say what size the network sees photos in.

    Args:
        path: The config file.
        options: Keys to change.
        size: (long, short) largest sides; by default what the test pipeline
            says.

    Returns:
        The config.

    Raises:
        FileNotFoundError: There is no such config.
        ValueError: The config does not say how an image is read.
    """
    config = open_config(path, options)
    if 'pipeline' not in (config.get('test_dataloader') or {}).get(
            'dataset', {}):
        raise ValueError(f'{path} has no test_dataloader.dataset.'
                         'pipeline, which says how an image is read')
    steps = config.test_dataloader.dataset.pipeline
    if size:
        steps[:] = [step for step in steps if step.type != 'Resize']
        steps.insert(1, dict(type='Resize', scale=tuple(size),
                             keep_ratio=True))
    return config
