"""ZS3Net as its released code trains it, leaks included."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmseg.registry import MODELS
from torch import Tensor

from mmseg_zeroshot.models.feature_sets import (
    FeatureSets,
    gather_feature_sets,
    labels_at_features,
)
from mmseg_zeroshot.utils import mask_classes

from .generator_retrained_head import GeneratorRetrainedHead, check_finite

_WITHOUT_EFFECT = dict(
    unseen_prior=None, frequency_power=1.0, recursion=None)
"""What the released code has no place for, and the only values here."""


@MODELS.register_module()
class ReleasedRetrainedHead(GeneratorRetrainedHead):
    """The label ``released``: for comparison with published numbers only.

    Not zero-shot: where an image holds an unseen class, its *true mask* is
    the layout and the target of generated features, which replace the whole
    image. Images of seen classes train the generator, per image and class,
    and the classifier with their real features. Unseen classes weigh 100 in
    the cross-entropy, the classifier starts from uniform [0, 1) numbers, and
    the "frozen" extractor runs in training mode, so its batch-norm
    statistics drift. All of this is as in the authors' code. The optimizer is
    the config's, and differs: the recipe ``released`` has one Adam for both,
    fifty times as fast for the classifier, for which theirs has SGD at 0.07.

    Args:
        args: See :class:`GeneratorRetrainedHead`; the phase is ``joint``.
        unseen_weight: Weight of unseen classes in the cross-entropy.
        kwargs: See :class:`GeneratorRetrainedHead`; without
            ``unseen_prior``, ``frequency_power`` and ``recursion``.

    Raises:
        ValueError: the phase is another than ``joint``, the generator is a
            WGAN, ``unseen_weight`` is not positive, or an argument would
            have no effect.
    """

    def __init__(self,
                 *args: Any,
                 unseen_weight: float = 100.0,
                 **kwargs: Any) -> None:
        name = type(self).__name__
        for key, value in _WITHOUT_EFFECT.items():
            if kwargs.get(key, value) != value:
                raise ValueError(
                    f'{name}({key}={kwargs[key]!r}) would have no effect: the '
                    'released code lays features out by true masks; leave it '
                    "out, or take type='GeneratorRetrainedHead'")
        super().__init__(*args, **kwargs)
        if self.phase != 'joint':
            raise ValueError(
                f'{name} trains generator and classifier together: set '
                f"phase='joint' (configs/zs3net/zs3net-joint_*), got "
                f'{self.phase!r}')
        if self.generator.adversarial:
            raise ValueError(
                f'{name} has no losses for {type(self.generator).__name__}: '
                "set generator=dict(type='GMMNGenerator')")
        if not unseen_weight > 0:
            raise ValueError(f'{name}(unseen_weight={unseen_weight!r}) must '
                             'be positive: unseen classes are not trained')
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
            ``loss_mmd`` (as its ``loss_name`` says) and ``loss_classifier``.

        Raises:
            ValueError: The frozen extractor's features are not finite.
        """
        with torch.no_grad():
            features = self.pixel_features(inputs)
        check_finite(features)
        labels = torch.stack([s.gt_sem_seg.data for s in batch_data_samples])
        labels = labels_at_features(labels, features.shape[2:])
        unseen = labels.new_tensor(self.split.unseen_ids)
        has_unseen = torch.isin(labels, unseen).flatten(1).any(1)
        mmd = self._mmd_of_images(features[~has_unseen], labels[~has_unseen])
        entropy = self._entropy_of_images(features, labels, has_unseen)
        return {self.mmd.loss_name: mmd, 'loss_classifier': entropy}

    def loss_of_sets(self, sets: FeatureSets) -> dict[str, Tensor]:
        """Refuse a feature bank: the masks of images are what is trained on.

        Raises:
            TypeError: always, with what to do instead.
        """
        raise TypeError(
            f'{type(self).__name__} lays features out by the masks of images '
            'and cannot train on a feature bank: use a config '
            'configs/zs3net/zs3net-joint_*')

    def _mmd_of_images(self, features: Tensor, labels: Tensor) -> Tensor:
        """MMD per image and class of images without unseen classes."""
        sets = None
        if len(features):
            sets = gather_feature_sets(
                features, labels, self.num_vectors, per_image=True,
                ignore_index=self.ignore_index)
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
        if not bool((labels != self.ignore_index).any()):
            return logits.sum() * 0  # a mean over no pixel is NaN
        return F.cross_entropy(
            mask_classes(logits, self.split.ignored_ids), labels,
            self.class_weight, ignore_index=self.ignore_index)
