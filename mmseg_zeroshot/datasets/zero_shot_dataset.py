"""The wrapper that keeps labels of unseen classes out of training."""
from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from mmengine.dataset import BaseDataset
from mmseg.registry import DATASETS
from torch.utils.data import Dataset

from mmseg_zeroshot.semantics import ClassSplit, build_split
from mmseg_zeroshot.utils.checkpoint_values import checkpoint_values
from mmseg_zeroshot.utils.pictures import image_loader, obeys_orientation
from mmseg_zeroshot.utils.typing_utils import Sample

from .empty_dataset import explain_empty
from .few_label import FewLabel
from .inner_dataset import (
    DataInfos,
    build_inner,
    empty_explained,
    mmseg_scope,
)
from .mask_scan import check_files_exist
from .metainfo import check_classes
from .modes import Kept, SelfTraining, build_mode
from .pipeline import build_pipeline, label_loader, loads_labels
from .self_training.images import UnlabelledImages
from .turned_images import warn_of_turned_images


@DATASETS.register_module()
class ZeroShotDataset(Dataset):
    """Any MMSegmentation data set, seen through a class split.

    .. code:: text

        inner data set -> get_data_info() -> loading steps -> HideLabels
                       -> the rest of the pipeline -> sample

    The wrapper hides labels right behind the step that loads them, before
    any step reads them. Class ids stay those of the full class list.

    Label maps are uint8, and 255 is no label; with more than 255 classes they
    are uint16, and 65535 is no label (:class:`LoadWideAnnotations`).

    MMCV turns an image as its EXIF orientation says. A label map is not
    turned: it must be drawn on the image as viewers show it. A warning counts
    the images with an orientation.

    The mode says what is hidden:

    - ``'ignore'`` (SPNet): every image stays. Pixels of unseen and ignored
      classes carry no label, even if no labelled pixel is left.
    - ``'drop'`` (ZS3Net): an image that holds any unseen pixel is left out,
      and pixels of ignored classes carry no label. The wrapper reads all
      label maps once at the start to find these images.
    - ``'keep'`` (evaluation): pixels of ignored classes carry no label.
    - ``'few'`` (few-label): n images are drawn for each class, see
      :class:`FewLabel`. An image that is drawn for an unseen class keeps
      the labels of this class, and the sample's ``visible_unseen_ids``
      names it.

    Args:
        dataset: The inner data set, or its config without a pipeline: any
            MMSegmentation data set, or a ``ConcatDataset`` or
            ``RepeatDataset`` of them.
        split: Name of a shipped split, or what :func:`build_split` takes.
        mode: 'ignore', 'drop', 'keep' or 'few'.
        pipeline: Transforms or their configs.
        few: Arguments of :class:`FewLabel`, with mode 'few' only.
        pseudo_labels: Arguments of :class:`PseudoLabels`: labels that a model
            gave to pixels without one, with mode 'ignore' or 'drop'; or
            :class:`UnlabelledImages`, for the images to be given some.
        test_mode: A pipeline that returns None is an error instead of a
            reason to take another image. Default: False.
        lazy_init: Put off reading the list of files. Default: False.
        max_refetch: How many other images are tried in a row. Default: 1000.

    Raises:
        ValueError: A mode or split is unknown; the data set's classes are
            not the split's in the same order; the inner data set has a
            pipeline of its own; no image is left; or a label map holds an
            id outside the class list.
        FileNotFoundError: An image or a label map is missing.
        OSError: A label map is truncated (in 'drop', at once; otherwise,
            when it is read).

    Example:
        >>> dataset = ZeroShotDataset(
        ...     dict(type='PascalVOCDataset', data_root='data/VOC2012',
        ...          data_prefix=dict(img_path='JPEGImages',
        ...                           seg_map_path='SegmentationClassAug'),
        ...          ann_file='ImageSets/Segmentation/train_aug.txt'),
        ...     split='voc12-zs3-k2', mode='drop',
        ...     pipeline=[dict(type='LoadImageFromFile'),
        ...               dict(type='LoadAnnotations'),
        ...               dict(type='PackSegInputs')])
    """

    def __init__(self,
                 dataset: dict | BaseDataset,
                 *,
                 split: str | Mapping | ClassSplit,
                 mode: str,
                 pipeline: Sequence[dict | Callable] = (),
                 few: Mapping | FewLabel | None = None,
                 pseudo_labels: Mapping | UnlabelledImages | None = None,
                 test_mode: bool = False,
                 lazy_init: bool = False,
                 max_refetch: int = 1000) -> None:
        self.label_mode = build_mode(mode, few, pseudo_labels)
        self.split = build_split(split)
        self.test_mode = test_mode
        self.max_refetch = max_refetch
        self.dataset = build_inner(dataset, lazy_init)
        self._metainfo = self._checked_metainfo()
        self.hide = self.label_mode.hiding_step(self.split)
        self._steps = [copy.deepcopy(step) if isinstance(step, dict) else step
                       for step in pipeline]
        with mmseg_scope():
            self.pipeline = build_pipeline(self._steps, self.hide)
        self._kept_images: Kept | None = None
        if not lazy_init:
            self.full_init()

    @property
    def mode(self) -> str:
        """'ignore', 'drop', 'keep' or 'few'."""
        return self.label_mode.name

    @property
    def steps(self) -> tuple[dict | Callable, ...]:
        """The pipeline as it was given."""
        return tuple(self._steps)

    @property
    def hidden_ids(self) -> tuple[int, ...]:
        """Ids of the classes whose labels leave the data set as no label."""
        return self.label_mode.hidden_ids(self.split)

    @property
    def metainfo(self) -> dict[str, Any]:
        """The inner metainfo, and ``split`` and ``split_mode``; plain."""
        return copy.deepcopy(self._metainfo)

    @property
    def image_names(self) -> tuple[str, ...]:
        """Names of the images in pseudo-labels; none without these."""
        return self._kept.names

    @property
    def unlabelled_list(self) -> str | None:
        """The file that names the unlabelled images, if there is one."""
        mode = self.label_mode
        return (mode.images.unlabelled if isinstance(mode, SelfTraining)
                else None)

    def _checked_metainfo(self) -> dict[str, Any]:
        """Match the inner class list with the split, and add the split."""
        inner = self.dataset.metainfo
        check_classes(inner, self.split, type(self.dataset).__name__)
        return checkpoint_values({
            **inner, 'classes': self.split.classes,
            'split': self.split.to_dict(), 'split_mode': self.mode
        })

    def full_init(self) -> None:
        """Read the list of files, check it and drop images if asked to."""
        if self._kept_images is not None:
            return
        with mmseg_scope(), empty_explained(self.dataset):
            self.dataset.full_init()
        infos: Sequence[dict] = DataInfos(self.dataset)
        if not len(infos):
            raise ValueError(explain_empty(self.dataset) or (
                f'{self.dataset!r} holds no image: check data_root, '
                'data_prefix and ann_file'))
        infos = self.label_mode.without_labels(infos)
        masks = self.label_mode.reads_all_masks or loads_labels(self._steps)
        check_files_exist(
            infos, ('img_path', 'seg_map_path') if masks else ('img_path', ))
        if masks and obeys_orientation(image_loader(self._steps)):
            warn_of_turned_images(infos)
        kept = self.label_mode.keep(infos, self._labels(), self.split)
        self._metainfo.update(kept.metainfo)
        self._kept_images = kept

    @property
    def _kept(self) -> Kept:
        """The images of the data set, found at the first need."""
        self.full_init()
        assert self._kept_images is not None
        return self._kept_images

    def _labels(self) -> Callable[[dict], np.ndarray]:
        """A function that loads and checks one label map."""
        with mmseg_scope():
            load = label_loader(self._steps, self.split.num_classes)

        def labels(info: dict) -> np.ndarray:
            sample = load(info)
            return self.hide.check(sample['gt_seg_map'], sample)

        return labels

    def __len__(self) -> int:
        return len(self._kept.indices)

    def get_data_info(self, index: int) -> dict:
        """Return the inner data info of an image that was kept.

        Args:
            index: Position in this data set; negative ones count from its
                end.

        Returns:
            A new dict; ``sample_idx`` is ``index`` counted from the start,
            also where the inner data sets of a ``ConcatDataset`` would
            count each on its own.

        Raises:
            IndexError: There is no such image.
        """
        size = len(self)
        if not -size <= index < size:
            raise IndexError(f'index {index} is out of range for a data set '
                             f'of {size} images')
        index = index % size
        info = self.dataset.get_data_info(int(self._kept.indices[index]))
        return {**info, 'sample_idx': index, **self._kept.added(index)}

    def __getitem__(self, index: int) -> Sample:
        data = self._sample(index)
        if data is None and self.test_mode:
            raise RuntimeError(
                f'the pipeline returned None for image {index}: at test '
                'every image must give a sample')
        for _ in range(self.max_refetch):
            if data is not None:
                return data
            # As BaseDataset does: a transform may refuse an image.
            data = self._sample(np.random.randint(len(self)))
        if data is None:
            raise RuntimeError(f'the pipeline returned None for '
                               f'{self.max_refetch} images in a row')
        return data

    def _sample(self, index: int) -> Sample | None:
        """Pass one image through the pipeline."""
        info = self.get_data_info(index)
        visible = info.get('visible_unseen_ids')
        data = self.pipeline(info)
        if visible is not None and 'data_samples' in (data or ()):
            # Packing keeps the keys that it knows: hooks look for this one.
            data['data_samples'].set_metainfo(
                dict(visible_unseen_ids=visible))
        return data

    def __repr__(self) -> str:
        return (f'{type(self).__name__}({type(self.dataset).__name__}, '
                f'split={self.split.name!r}, mode={self.mode!r})')
