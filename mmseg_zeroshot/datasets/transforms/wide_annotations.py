"""Loading label maps of more than 255 classes."""
from __future__ import annotations

import mmcv
import numpy as np
from mmengine import fileio
from mmseg.datasets.transforms import LoadAnnotations
from mmseg.registry import TRANSFORMS

from mmseg_zeroshot.utils.label_values import HIGHEST


@TRANSFORMS.register_module()
class LoadWideAnnotations(LoadAnnotations):
    """``LoadAnnotations`` for 16-bit label maps.

    MMSegmentation's own step casts ids to bytes. This one keeps ids up to
    65535, the value of pixels without a label; 255 is a class id.
    :class:`ZeroShotDataset` puts it in the place of ``LoadAnnotations``
    where the split has more than 255 classes, so configs need not name it.

    Required Keys, Added Keys: as ``LoadAnnotations``, with ``gt_seg_map``
    uint16.

    Args:
        reduce_zero_label (bool, optional): As in ``LoadAnnotations``: 0 is no
            label, and every other id but 65535 is lowered by one.
        backend_args (dict, optional): As in ``LoadAnnotations``.
        imdecode_backend (str): As in ``LoadAnnotations``.
    """

    @classmethod
    def like(cls, step: LoadAnnotations) -> LoadWideAnnotations:
        """Return a step that reads files as another one does.

        Args:
            step: MMSegmentation's own step.
        """
        wide = cls.__new__(cls)
        # The constructor would warn once more of reduce_zero_label.
        wide.__dict__.update(step.__dict__)
        return wide

    def _load_seg_map(self, results: dict) -> None:
        """Put the label map into a sample."""
        content = fileio.get(
            results['seg_map_path'], backend_args=self.backend_args)
        labels = mmcv.imfrombytes(
            content, flag='unchanged', backend=self.imdecode_backend
        ).squeeze().astype(np.uint16)
        if self._reduces(results):
            labels = np.where(labels == HIGHEST, 0, labels)
            # 0 wraps around to 65535.
            labels = labels - np.uint16(1)
        results['gt_seg_map'] = _renamed(labels, results.get('label_map'))
        results['seg_fields'].append('gt_seg_map')

    def _reduces(self, results: dict) -> bool:
        """Whether 0 is no label; data set and step must agree."""
        stated = results['reduce_zero_label']
        if self.reduce_zero_label not in (None, stated):
            raise ValueError(
                f'the data set has reduce_zero_label={stated} and '
                f'{type(self).__name__} has {self.reduce_zero_label}: set it '
                'in the data set alone')
        return bool(stated)


def _renamed(labels: np.ndarray, label_map: dict | None) -> np.ndarray:
    """Replace ids as a data set with classes of its own wants it."""
    if label_map is None:
        return labels
    # mmseg marks classes that are left out with 255, its "no label".
    if [*label_map.values()].count(255) > 1:
        raise ValueError(
            "the data set's metainfo leaves out classes of its own list and "
            'keeps more than 255: MMSegmentation gives those that are left '
            'out the id 255, which is a class here; keep the whole list, and '
            "name them in the split's 'ignored'")
    table = np.arange(HIGHEST + 1, dtype=np.uint16)
    table[list(label_map)] = list(label_map.values())
    return table[labels]
