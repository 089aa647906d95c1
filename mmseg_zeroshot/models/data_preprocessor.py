"""Brings images, or the sets of a feature bank, to the model's device."""
from __future__ import annotations

from mmseg.models.data_preprocessor import SegDataPreProcessor
from mmseg.registry import MODELS

from mmseg_zeroshot.utils.typing_utils import Sample

from .feature_sets import FeatureSets


@MODELS.register_module()
class ZeroShotDataPreProcessor(SegDataPreProcessor):
    """``SegDataPreProcessor`` that also takes batches of a feature bank.

    Training reads a bank and validation reads images in the same run; a
    bank's batch is told by its key ``features`` and has one item, the sets
    (1, B, N, C) of a step.
    """

    def forward(self, data: dict, training: bool = False) -> Sample:
        """Return ``inputs`` and ``data_samples`` on the model's device.

        Args:
            data: ``inputs`` and ``data_samples`` of images; or
                ``features`` (1, B, N, C), ``class_ids`` (1, B) and
                ``frequency`` (1, B).
            training: Whether images are normalised for training.

        Returns:
            The batch; :class:`FeatureSets` and None for a bank's.

        Raises:
            ValueError: the loader put several steps of a bank together.
        """
        if 'features' not in data:
            return super().forward(data, training)
        parts = [data[name] for name in FeatureSets._fields]
        if len(parts[0]) != 1:
            raise ValueError(
                f'a feature bank was loaded with batch_size={len(parts[0])}: '
                'each of its items is a whole step; set batch_size=1')
        sets = FeatureSets(*(part[0] for part in parts))
        return dict(inputs=sets.to(self.device), data_samples=None)
