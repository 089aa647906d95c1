"""ZS3Net as its released code trains it, leaks included."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from mmseg.registry import MODELS
from torch import Tensor

from mmseg_zeroshot.models.feature_sets import (
    check_finite,
    gather_feature_sets,
    labels_at_features,
)
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit
from mmseg_zeroshot.utils import mask_classes

from .retrained_head import RetrainedHead


@MODELS.register_module()
class ReleasedRetrainedHead(RetrainedHead):
    """Supervision ``released``: to compare with published numbers only.

    Not zero-shot: where an image holds an unseen class, its *true mask* is
    the layout and the target of generated features, which replace the whole
    image. Images of seen classes train the generator, per image and class,
    and the classifier with their real features. Unseen classes weigh 100 in
    the cross-entropy, the classifier starts from uniform [0, 1) numbers, and
    the "frozen" extractor runs in training mode, so its batch-norm
    statistics drift. All of this is as in the authors' code. The optimizer is
    the config's, and differs: the recipe ``released`` has one Adam for both,
    fifty times as fast for the classifier, for which theirs has SGD at 0.07.

    It trains on images alone (``configs/zs3net/zs3net-joint_*``), and knows
    neither a prior of unseen classes nor recursive training: true masks say
    how often a class counts.

    Args:
        host: Config of the decode head that gives pixel features.
        split: See :class:`BaseZeroShotHead`.
        embeddings: See :class:`BaseZeroShotHead`.
        generator: See :class:`GeneratorRetrainedHead`.
        stage: ``'joint'``.
        num_vectors: Real and generated vectors per image and class of a
            step.
        unseen_weight: Weight of unseen classes in the cross-entropy.
        normalize: See :class:`BaseZeroShotHead`.
        gamma: See :class:`BaseZeroShotHead`.
        init_cfg: Initialisation of the classifier.

    Raises:
        ValueError: As :class:`RetrainedHead`, or ``unseen_weight`` is not
            positive.
    """

    stages = ('joint', )

    def __init__(
        self,
        host: dict,
        *,
        split: str | dict | ClassSplit,
        embeddings: str | Sequence[str] | ClassEmbeddings,
        generator: dict,
        stage: str = 'joint',
        num_vectors: int = 128,
        unseen_weight: float = 100.0,
        normalize: str = 'l2',
        gamma: float = 0.0,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(
            host,
            split=split,
            embeddings=embeddings,
            generator=generator,
            stage=stage,
            num_vectors=num_vectors,
            normalize=normalize,
            gamma=gamma,
            init_cfg=init_cfg)
        if not unseen_weight > 0:
            raise ValueError(
                f'{type(self).__name__}(unseen_weight={unseen_weight!r}) must '
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
        """Start from uniform numbers in [0, 1), whatever stage 0 learned."""
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
            The generator's losses (``loss_no_seen_image``, 0, where all
            images show an unseen class) and ``loss_classifier``.

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
        losses = self._losses_of_images(features[~has_unseen],
                                        labels[~has_unseen])
        entropy = self._entropy_of_images(features, labels, has_unseen)
        return {**losses, 'loss_classifier': entropy}

    def _losses_of_images(self, features: Tensor,
                          labels: Tensor) -> dict[str, Tensor]:
        """Generator's losses per image and class, unseen classes nowhere."""
        sets = None
        if len(features):
            sets = gather_feature_sets(
                features, labels, self.num_vectors, per_image=True,
                ignore_index=self.ignore_index)
        if sets is None:
            zero = sum(p.sum() for p in self.generator.parameters())
            return dict(loss_no_seen_image=zero * 0)
        return self.generator_losses(sets.features, sets.class_ids)

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
