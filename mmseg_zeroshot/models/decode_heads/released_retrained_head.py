"""ZS3Net as its released code trains it, leaks included."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmseg.registry import MODELS
from torch import Tensor

from mmseg_zeroshot.models.feature_sets import (
    gather_feature_sets,
    labels_at_features,
)
from mmseg_zeroshot.utils import mask_classes

from .generator_retrained_head import GeneratorRetrainedHead


@MODELS.register_module()
class ReleasedRetrainedHead(GeneratorRetrainedHead):
    """The label ``released``: for comparison with published numbers only.

    Not zero-shot: where an image holds an unseen class, its *true mask* is
    the layout and the target of generated features, which replace the whole
    image. Images of seen classes train the generator, per image and class,
    and the classifier with their real features. Unseen classes weigh 100 in
    the cross-entropy, the classifier starts from uniform [0, 1) numbers, and
    the "frozen" extractor runs in training mode, so its batch-norm
    statistics drift. All of it as in the authors' code.

    Args:
        args: See :class:`GeneratorRetrainedHead`; the phase is ``joint``.
        unseen_weight: Weight of unseen classes in the cross-entropy.
        kwargs: See :class:`GeneratorRetrainedHead`.

    Raises:
        ValueError: the phase is another than ``joint``.
    """

    def __init__(self,
                 *args: Any,
                 unseen_weight: float = 100.0,
                 **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.phase != 'joint':
            raise ValueError(f'{type(self).__name__} trains generator and '
                             f"classifier together: set phase='joint', got "
                             f'{self.phase!r}')
        weight = torch.ones(self.num_classes)
        weight[list(self.split.unseen_ids)] = unseen_weight
        self.register_buffer('class_weight', weight, persistent=False)

    @property
    def keeps_extractor_in_eval(self) -> bool:
        """The released code leaves the extractor in training mode."""
        return False

    def from_plain_classifier(self, weight: Tensor,
                              bias: Tensor | None) -> dict[str, Tensor]:
        """Start from uniform numbers in [0, 1), whatever step 0 learned."""
        return {
            'classifier.weight': torch.rand_like(weight),
            'classifier.bias': torch.rand_like(weight[:, 0, 0, 0])
        }

    def loss(self, inputs: Sequence[Tensor], batch_data_samples: list,
             train_cfg: dict) -> dict[str, Tensor]:
        """Return the losses of a batch whose masks show unseen classes.

        Args:
            inputs: Feature maps of the backbone or neck.
            batch_data_samples: Samples with the true ``gt_sem_seg``.
            train_cfg: Not used; part of MMSegmentation's head contract.

        Returns:
            ``loss_mmd``, ``loss_classifier``.
        """
        with torch.no_grad():
            features = self.pixel_features(inputs)
        labels = torch.stack([s.gt_sem_seg.data for s in batch_data_samples])
        labels = labels_at_features(labels, features.shape[2:])
        unseen = labels.new_tensor(self.split.unseen_ids)
        has_unseen = torch.isin(labels, unseen).flatten(1).any(1)
        return dict(
            loss_mmd=self._mmd_of_images(features[~has_unseen],
                                         labels[~has_unseen]),
            loss_classifier=self._entropy_of_images(features, labels,
                                                    has_unseen))

    def _mmd_of_images(self, features: Tensor, labels: Tensor) -> Tensor:
        """MMD per image and class of images without unseen classes."""
        sets = None
        if len(features):
            sets = gather_feature_sets(
                features, labels, self.num_vectors, per_image=True)
        if sets is None:
            return sum(p.sum() for p in self.generator.parameters()) * 0
        generated = self.generate(sets.class_ids, self.num_vectors)
        return self.mmd(sets.features, generated)

    def _entropy_of_images(self, features: Tensor, labels: Tensor,
                           has_unseen: Tensor) -> Tensor:
        """Weighted cross-entropy of real and laid-out features."""
        pixels = features.permute(0, 2, 3, 1).clone()
        replaced = has_unseen[:, None, None] & (labels != self.ignore_index)
        with torch.no_grad():
            for class_id in labels[replaced].unique().tolist():
                of_class = replaced & (labels == class_id)
                pixels[of_class] = self.generate(
                    [class_id], int(of_class.sum()))[0].to(pixels)
        logits = self.classifier(pixels.permute(0, 3, 1, 2)).float()
        return F.cross_entropy(
            mask_classes(logits, self.split.ignored_ids), labels,
            self.class_weight, ignore_index=self.ignore_index)
