"""A panel at every validation, in whatever MMEngine's visualizer writes to."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import mmcv
import numpy as np
from mmengine.dist import is_main_process
from mmengine.runner import Runner
from mmengine.structures import PixelData
from mmseg.engine.hooks import SegVisualizationHook
from mmseg.registry import HOOKS
from mmseg.structures import SegDataSample
from torch.utils.data import Dataset

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.pictures import read_picture

from .examples import choose_images, class_shares
from .palettes import colorblind_palette
from .panels import panel_figure
from .style import pixels

_COLUMNS = ('image', 'truth', 'prediction')


class _Example(NamedTuple):
    path: str
    truth: np.ndarray
    prediction: np.ndarray


@HOOKS.register_module()
class ZeroShotVisualizationHook(SegVisualizationHook):
    """Show how validation images with unseen classes are segmented.

    After each validation the hook gives one panel (image, truth, prediction;
    unseen classes outlined and starred) to the run's visualizer, which writes
    to every backend of the config: files, TensorBoard, Weights & Biases. The
    images are those with most of the unseen classes, the same ones each time.
    Their labels serve nothing else. ``LoggerHook`` writes scores, losses and
    selection counts to the same places.

    In a test run the hook draws every image, as ``SegVisualizationHook`` does
    (``mmseg-zeroshot test --show-dir``).

    Args:
        panel_images (int): Rows of the panel; 0 draws none.
        panel_dpi (int): Pixels per inch; a column is 2.4 inches wide.
        draw (bool): As in ``SegVisualizationHook``, in a test run.
        show (bool): The same.
        wait_time (float): The same.
        backend_args (dict, optional): Where images are read from, if the val
            data set does not say.

    Raises:
        ValueError: ``panel_images`` is negative.

    Example:
        >>> default_hooks = dict(
        ...     visualization=dict(type='ZeroShotVisualizationHook'))
        >>> vis_backends = [dict(type='LocalVisBackend'),
        ...                 dict(type='TensorboardVisBackend')]
    """

    def __init__(self,
                 panel_images: int = 4,
                 panel_dpi: int = 100,
                 draw: bool = False,
                 show: bool = False,
                 wait_time: float = 0.,
                 backend_args: dict | None = None) -> None:
        if panel_images < 0:
            raise ValueError(
                'ZeroShotVisualizationHook: panel_images must be 0 (none) or '
                f'more, got {panel_images}')
        # True, as False would warn that nothing is drawn.
        super().__init__(draw=True, show=show, wait_time=wait_time,
                         backend_args=backend_args)
        self.draw = draw
        self.panel_images = panel_images
        self.panel_dpi = panel_dpi
        # For each class the examples with the largest shares of it.
        self._examples: dict[int, list[tuple[float, _Example]]] = {}

    def before_val_epoch(self, runner: Runner) -> None:
        """Forget the images of the last validation.

        Args:
            runner: The runner.
        """
        self._examples = {}

    def after_val_iter(self, runner: Runner, batch_idx: int, data_batch: dict,
                       outputs: Sequence[SegDataSample]) -> None:
        """Keep images that show more of an unseen class than others before.

        Args:
            runner: The runner.
            batch_idx: Not used.
            data_batch: Not used.
            outputs: Data samples with truth and prediction.
        """
        if not self.panel_images or not is_main_process():
            return
        classes = _shown_classes(_split(runner))
        for sample in outputs:
            truth = _class_ids(sample.gt_sem_seg)
            example = _Example(sample.img_path, truth,
                               _class_ids(sample.pred_sem_seg))
            shares = class_shares(truth, classes)
            for class_id, share in zip(classes, shares):
                if share > 0:
                    self._keep(class_id, float(share), example)

    def after_val_epoch(self, runner: Runner,
                        metrics: dict[str, float] | None = None) -> None:
        """Draw the panel.

        Args:
            runner: The runner.
            metrics: Not used.
        """
        examples = list({example.path: example for kept in
                         self._examples.values()
                         for _, example in kept}.values())
        if not examples:
            return
        split = _split(runner)
        truths = [example.truth for example in examples]
        chosen = [examples[i] for i in choose_images(
            truths, _shown_classes(split), self.panel_images)]
        # By the truth alone: a class keeps its colour from panel to panel.
        palette = colorblind_palette(
            split.classes, [int(i) for example in chosen
                            for i in np.unique(example.truth)
                            if i < split.num_classes])
        figure = panel_figure(
            [(self._image(example, runner.val_dataloader.dataset),
              example.truth, example.prediction) for example in chosen],
            classes=split.classes, unseen=split.unseen, palette=palette,
            titles=_COLUMNS)
        runner.visualizer.add_image(
            'val_panel', pixels(figure, self.panel_dpi), step=runner.iter)
        self._examples = {}

    def _keep(self, class_id: int, share: float, example: _Example) -> None:
        kept = self._examples.setdefault(class_id, [])
        kept.append((share, example))
        # Stable: of equal ones the first stays.
        kept.sort(key=lambda entry: -entry[0])
        del kept[self.panel_images:]

    def _image(self, example: _Example, dataset: Dataset) -> np.ndarray:
        """Read an image as its data set does, at the size of its label."""
        steps = getattr(dataset, 'steps', ()) or [
            dict(type='LoadImageFromFile', backend_args=self.backend_args)]
        image = read_picture(example.path, steps)
        height, width = example.truth.shape
        return mmcv.imresize(image, (width, height))


def _split(runner: Runner) -> ClassSplit:
    given = (runner.val_dataloader.dataset.metainfo or {}).get('split')
    if given is None:
        raise ValueError(
            'ZeroShotVisualizationHook: the metainfo of the val data set has '
            "no 'split'; wrap it in ZeroShotDataset, or set "
            'default_hooks.visualization.panel_images=0')
    return given if isinstance(given, ClassSplit) else (
        ClassSplit.from_dict(given))


def _shown_classes(split: ClassSplit) -> tuple[int, ...]:
    """Return the unseen classes; without any (supervised), the seen ones."""
    return split.unseen_ids or split.seen_ids


def _class_ids(part: PixelData) -> np.ndarray:
    return part.data.squeeze(0).cpu().numpy().astype(np.uint16)
