"""Pseudo-labels enter a sample where its labels are loaded."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
from mmcv.transforms import BaseTransform
from mmengine.dataset import Compose

from mmseg_zeroshot.datasets.transforms import HideLabels

from .files import read_map


class MixPseudoLabels(HideLabels):
    """Hide labels, then fill unlabelled pixels with pseudo-labels.

    It replaces :class:`HideLabels` in a :class:`ZeroShotDataset` with
    pseudo-labels. The label map of an image that is ``unlabelled`` is not
    even read.

    Required Keys (beside those of HideLabels):

    - unlabelled (optional): the image has no label of its own
    - pseudo_label_path (optional): PNG of class ids, ``ignore_index``
      for none
    - visible_unseen_ids (with pseudo_label_path): ids that it may hold

    Raises:
        ValueError: A map has another size than its image, or holds an id
            that its manifest does not name.
        OSError: A map cannot be read.
    """

    def behind(self, loading: Callable[[dict], dict | None]) -> Compose:
        """Return the loading of labels with this step behind it."""
        return Compose([_UnlessUnlabelled(loading, self.ignore_index), self])

    def transform(self, results: dict) -> dict:
        """Hide and fill the labels of one sample.

        Args:
            results: The sample, its labels just loaded.

        Returns:
            The sample with new label maps.
        """
        super().transform(results)
        path = results.get('pseudo_label_path')
        if path is None:
            return results
        labels, pseudo = results['gt_seg_map'], read_map(
            path, self.num_classes)
        if pseudo.shape != labels.shape:
            raise ValueError(
                f'{path} is {pseudo.shape[0]}x{pseudo.shape[1]} but its '
                f'image {results.get("img_path", "")} is '
                f'{labels.shape[0]}x{labels.shape[1]} (height x width): the '
                'pseudo-labels were made for other images')
        allowed = np.zeros(len(self.known), bool)
        allowed[[*results['visible_unseen_ids'], self.ignore_index]] = True
        if not allowed[pseudo].all():
            raise ValueError(
                f'{path} holds class id {pseudo[~allowed[pseudo]][0]}, which '
                'its manifest does not name: it was changed')
        results['gt_seg_map'] = np.where(
            labels == self.ignore_index, pseudo, labels)
        return results


class _UnlessUnlabelled(BaseTransform):
    """Load labels; none for an image that has none.

    Args:
        loading: The loading step.
        ignore_index: Id of pixels without a label.
    """

    loads_labels = True

    def __init__(self, loading: Callable[[dict], dict | None],
                 ignore_index: int) -> None:
        self.loading = loading
        self.ignore_index = ignore_index

    def transform(self, results: dict) -> dict | None:
        """Load the labels of one sample.

        Raises:
            ValueError: The image is not loaded yet, so its size is unknown.
        """
        if not results.get('unlabelled'):
            return self.loading(results)
        size = results.get('ori_shape')
        if size is None:
            raise ValueError(
                f'{results.get("img_path")} is unlabelled: the pipeline must '
                'load images before labels, so that the size is known')
        results['gt_seg_map'] = np.full(
            tuple(size[:2]), self.ignore_index,
            np.min_scalar_type(self.ignore_index))
        results.setdefault('seg_fields', []).append('gt_seg_map')
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}({self.loading!r})'
