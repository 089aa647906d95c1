"""Labels that must not be seen are removed where they are loaded."""
from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from mmcv.transforms import BaseTransform
from mmengine.dataset import Compose
from mmseg.registry import TRANSFORMS

from mmseg_zeroshot.utils.label_values import (
    first_odd_value,
    label_type,
    no_label,
)


@TRANSFORMS.register_module()
class HideLabels(BaseTransform):
    """Replace the ids of hidden classes by the ignore index.

    It stands right behind the step that loads the labels, because later
    steps read them: ``RandomCrop(cat_max_ratio=...)`` would choose its crop
    by them. :class:`ZeroShotDataset` puts it there.

    Every label map in ``seg_fields`` is checked on the way: its ids must
    belong to the class list and its size must be the image's.

    Required Keys:

    - gt_seg_map (H, W)
    - seg_fields
    - seg_map_path, img_path, ori_shape (optional: for messages and checks)
    - visible_unseen_ids (optional, with ``shows_visible``): hidden ids that
      stay in this sample

    Modified Keys:

    - gt_seg_map (H, W), uint8; uint16 for more than 255 classes

    Args:
        hidden_ids: Ids to hide, in the id space of the class list (after
            ``reduce_zero_label`` and ``label_map``).
        num_classes: Length K of the class list.
        ignore_index: Id of pixels without a label. Default: that of the
            class list, see :func:`no_label`.
        shows_visible: Obey the sample's ``visible_unseen_ids``. Default:
            False, so that no sample can show what the mode hides.

    Raises:
        ValueError: ``ignore_index`` is a class's id or does not fit into a
            label map, or an id of ``hidden_ids`` is not in [0, K).
    """

    def __init__(self,
                 hidden_ids: Sequence[int],
                 num_classes: int,
                 ignore_index: int | None = None,
                 shows_visible: bool = False) -> None:
        highest = no_label(num_classes)
        if ignore_index is None:
            ignore_index = highest
        if not num_classes <= ignore_index <= highest:
            raise ValueError(
                f'ignore_index ({ignore_index}) must be from num_classes '
                f'({num_classes}) to {highest}: label maps of so many classes '
                f'hold ids up to {highest}')
        wrong = [i for i in hidden_ids if not 0 <= i < num_classes]
        if wrong:
            raise ValueError(f'hidden id {wrong[0]} is not an id of the '
                             f'{num_classes} classes')
        self.hidden_ids = tuple(int(i) for i in hidden_ids)
        self.num_classes = num_classes
        self.ignore_index = ignore_index
        self.shows_visible = shows_visible
        self.table = np.arange(highest + 1, dtype=label_type(num_classes))
        self.table[list(self.hidden_ids)] = ignore_index
        self.known = np.arange(highest + 1) < num_classes
        self.known[ignore_index] = True

    def behind(self, loading: Callable[[dict], dict | None]) -> Compose:
        """Return a step that loads labels with this one right behind it.

        Args:
            loading: The loading step.
        """
        return Compose([loading, self])

    def transform(self, results: dict) -> dict:
        """Hide the labels of one sample.

        Args:
            results: The sample, its labels just loaded.

        Returns:
            The sample, each label map replaced by a new array.

        Raises:
            ValueError: A label map has an id outside the class list, more
                than one channel or another size than its image.
        """
        table = self.table
        if self.shows_visible and results.get('visible_unseen_ids'):
            visible = list(results['visible_unseen_ids'])
            table = table.copy()
            table[visible] = visible
        for field in results.get('seg_fields') or ['gt_seg_map']:
            results[field] = table[self.check(results[field], results)]
        return results

    def check(self, labels: np.ndarray, results: dict) -> np.ndarray:
        """Return a loaded label map, checked to fit its image.

        Args:
            labels: (H, W) class ids, of any number type.
            results: The sample it belongs to.

        Returns:
            (H, W) uint8 or uint16, the same ids.

        Raises:
            ValueError: It has an id outside the class list, more than one
                channel or another size than its image.
        """
        self._check_size(labels, results)
        self._check_ids(labels, results)
        return labels.astype(self.table.dtype, copy=False)

    def _check_size(self, labels: np.ndarray, results: dict) -> None:
        mask = _name(results, 'seg_map_path', 'label map')
        if labels.ndim != 2:
            raise ValueError(
                f'{mask} has shape {labels.shape}: expected one channel of '
                'class ids (a colour-coded mask must be converted first)')
        size = results.get('ori_shape')
        if size is not None and labels.shape != tuple(size[:2]):
            raise ValueError(
                f'{mask} is {_size(labels.shape)} but its image '
                f'{_name(results, "img_path", "")} is {_size(size)} '
                '(height x width): a label map must have the size of its '
                f'image{_turned(labels.shape, size)}')

    def _check_ids(self, labels: np.ndarray, results: dict) -> None:
        wrong = first_odd_value(labels, len(self.known) - 1)
        if wrong is None:
            ids = labels.astype(self.table.dtype, copy=False)
            known = self.known[ids]
            if known.all():
                return
            wrong = int(ids[~known].min())
        raise ValueError(
            f'{_name(results, "seg_map_path", "label map")} holds label id '
            f'{wrong}, but the class list has {self.num_classes} '
            f'classes (ids 0 to {self.num_classes - 1}, {self.ignore_index} '
            'for no label): check the classes and reduce_zero_label of the '
            'data set')

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(hidden_ids={self.hidden_ids}, '
                f'num_classes={self.num_classes}, '
                f'ignore_index={self.ignore_index})')


def _name(results: dict, key: str, default: str) -> str:
    """The file behind a sample, for a message."""
    return str(results.get(key) or default)


def _turned(shape: Sequence[int], size: Sequence[int]) -> str:
    """What may be the reason of a label map that lies on its side."""
    if tuple(shape) != tuple(size[1::-1]):
        return ''
    return ('; if the image carries an EXIF orientation, it was turned, and '
            'the label map must be drawn on it as viewers show it')


def _size(shape: Sequence[int]) -> str:
    """Height x width as text."""
    return f'{shape[0]}x{shape[1]}'
