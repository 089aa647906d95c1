"""What heads share that learn their classifier from generated features."""
from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from mmengine.logging import print_log
from mmseg.registry import MODELS
from torch import Tensor, nn

from mmseg_zeroshot.models.feature_sets import ClassLosses, FeatureSets
from mmseg_zeroshot.models.graph_sets import GraphSets
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit
from mmseg_zeroshot.utils import mask_classes

from .base_zero_shot_head import BaseZeroShotHead

_TRAIN_ALL = ('seen', 'self-training')
_TRAIN_GENERATOR = ('generator', 'joint')
_GENERATES = ('generator', 'classifier', 'joint')


class RetrainedHead(BaseZeroShotHead):
    """A 1x1 classifier and a generator, trained in stages (ZS3Net).

    A subclass says which stages it has and what they train on. In the stages
    that generate features the extractor (backbone, neck, host) is frozen.
    The generator's losses reach the generator alone and the classifier's
    cross-entropy the classifier alone.

    The classifier's loss weighs every vector such that seen classes count
    as often as they occur and each unseen class as ``unseen_prior`` says.

    Attributes:
        class_losses: Cross-entropy of each class in the last step; see
            :data:`ClassLosses`.

    Args:
        host: Config of the decode head that gives pixel features.
        split: See :class:`BaseZeroShotHead`.
        embeddings: See :class:`BaseZeroShotHead`.
        generator: Config of a :class:`BaseGenerator`; the widths are filled
            in.
        stage: One of the class's :attr:`stages`.
        num_vectors: Generated vectors per class and step.
        unseen_prior: Probability of each unseen class in the classifier's
            training set; 1 / number of trained classes where None.
        frequency_power: Seen classes count as often as they occur, to this
            power.
        normalize: See :class:`BaseZeroShotHead`.
        gamma: See :class:`BaseZeroShotHead`.
        init_cfg: Initialisation of the classifier.

    Raises:
        ValueError: A stage that the class does not have, no unseen class
            where some are generated, a power outside [0, 1], a prior that
            leaves nothing to the seen classes, sets of one vector, or a
            generator of another width.
    """

    stages: ClassVar[tuple[str, ...]] = ()
    """The stages that a head of this class can be in."""

    retrains_on_sets: ClassVar[bool] = False
    """Whether stage ``classifier`` can run again for added classes."""

    learns_classifier = True

    def __new__(cls, *args: Any, **kwargs: Any) -> RetrainedHead:
        """Tell configs of 0.1.0 where the generator's loss went."""
        if 'mmd' in kwargs:
            raise ValueError(
                f'{cls.__name__}(mmd=...): the loss belongs to the generator; '
                "set decode_head.generator=dict(type='GMMNGenerator', "
                f'loss={kwargs["mmd"]!r}) and leave decode_head.mmd out')
        return super().__new__(cls)

    def __init__(
        self,
        host: dict,
        *,
        split: str | dict | ClassSplit,
        embeddings: str | Sequence[str] | ClassEmbeddings,
        generator: dict,
        stage: str,
        num_vectors: int = 128,
        unseen_prior: float | None = None,
        frequency_power: float = 1.0,
        normalize: str = 'l2',
        gamma: float = 0.0,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(
            host,
            split=split,
            embeddings=embeddings,
            normalize=normalize,
            gamma=gamma,
            init_cfg=init_cfg or dict(
                type='Normal', std=0.01, override=dict(name='classifier')))
        if num_vectors < 2:
            raise ValueError(f'num_vectors={num_vectors!r}: a set of one '
                             'vector has no distribution; take at least 2')
        _check_prior(unseen_prior, self.split)
        self.num_vectors = num_vectors
        self.class_losses: ClassLosses = {}
        self._stated_prior = unseen_prior
        self.frequency_power = _checked_power(frequency_power)
        self.classifier = nn.Conv2d(self.feature_channels, self.num_classes, 1)
        self.generator = MODELS.build({
            'embedding_dim': self.class_vectors.shape[1],
            'feature_dim': self.feature_channels,
            **generator
        })
        self._check_widths()
        self.set_stage(stage)

    def set_stage(self, stage: str) -> None:
        """Freeze what a stage does not train.

        Args:
            stage: One of :attr:`stages`.

        Raises:
            ValueError: The class has no such stage, or there is no unseen
                class to generate features of.
        """
        if stage not in self.stages:
            raise ValueError(
                f'{type(self).__name__}(stage={stage!r}) is unknown: take '
                f'one of {self.stages}')
        if stage in _GENERATES and not self.split.unseen:
            raise ValueError(
                f'stage={stage!r} needs unseen classes to generate features '
                f'of, and split {self.split.name!r} has none: name some, or '
                "train the fully supervised network with stage='seen'")
        self.stage = stage
        self.trains_unseen = stage == 'self-training'
        self.generator.requires_grad_(stage in _TRAIN_GENERATOR)
        self.classifier.requires_grad_(stage != 'generator')

    @property
    def trains_extractor(self) -> bool:
        """Whether the pixel features are still being learned."""
        return self.stage in _TRAIN_ALL

    @property
    def allowed_missing(self) -> tuple[str, ...]:
        """Keys of the head that a checkpoint of an earlier step lacks."""
        return {
            'classifier': (r'classifier\.', ),  # needs stage 1's generator
            'self-training': (r'generator\.', ),
        }.get(self.stage, (r'generator\.', r'classifier\.'))

    @property
    def unseen_prior(self) -> float:
        """Share of each unseen class in the classifier's loss."""
        if self._stated_prior is not None:
            return self._stated_prior
        return 1 / (len(self.split.seen_ids) + len(self.split.unseen_ids))

    def classify(self, features: Tensor) -> Tensor:
        """Score (N, C, h, w) pixel features for K classes: (N, K, h, w)."""
        return self.classifier(features)

    def classify_vectors(self, features: Tensor) -> Tensor:
        """Score sets of vectors as a training of the classifier does.

        Args:
            features: (B, N, C) pixel features.

        Returns:
            (B, N, K) scores in which ignored classes cannot win, float32.
        """
        logits = F.linear(features, self.classifier.weight.flatten(1),
                          self.classifier.bias).float()
        shape = logits.shape
        logits = mask_classes(logits.flatten(0, 1), self.split.ignored_ids)
        return logits.view(shape)

    def judge_vectors(self, features: Tensor) -> Tensor:
        """Score sets of vectors by a classifier that gets no gradient.

        This is what a generator is given to learn from.

        Args:
            features: (B, N, C) pixel features, which the gradient goes to.

        Returns:
            (B, N, K) scores, no class masked.
        """
        assert self.classifier.bias is not None
        return F.linear(features, self.classifier.weight.detach().flatten(1),
                        self.classifier.bias.detach())

    def from_plain_classifier(self, weight: Tensor,
                              bias: Tensor | None) -> dict[str, Tensor]:
        """Start from the classifier that stage 0 trained, if it fits."""
        if len(weight) != self.num_classes:
            print_log(
                f"The checkpoint's classifier has {len(weight)} outputs and "
                f'split {self.split.name!r} {self.num_classes} classes: it is '
                'left out, and a new one starts at random', 'current',
                logging.WARNING)
            return {}
        if bias is None:
            bias = weight.new_zeros(len(weight))
        return {'classifier.weight': weight, 'classifier.bias': bias}

    def generate(self, class_ids: Sequence[int] | Tensor,
                 num: int) -> Tensor:
        """Return (B, num, C) generated pixel features of B classes."""
        # A tuple would index dimensions.
        ids = class_ids if isinstance(class_ids, Tensor) else list(class_ids)
        return self.generator(self.class_vectors[ids], num)

    def generator_losses(self, real: Tensor,
                         class_ids: Tensor) -> dict[str, Tensor]:
        """Return the generator's losses on sets of real features.

        Args:
            real: (B, N, C) real features of seen classes.
            class_ids: (B, ) their classes.

        Returns:
            What the generator's ``losses`` gives.
        """
        return self.generator.losses(
            real.detach(), self.class_vectors[class_ids], class_ids,
            self.judge_vectors, num=self.num_vectors)

    def classifier_losses(self, sets: FeatureSets | GraphSets,
                          unseen: Tensor) -> dict[str, Tensor]:
        """Return cross-entropy with every set weighing what its class should.

        Args:
            sets: (B, N, C) real features with class ids and frequencies.
            unseen: (U, M, C) generated features of the unseen classes.

        Returns:
            ``loss_classifier`` and the accuracies ``acc_seen`` and
            ``acc_generated`` in percent.
        """
        assert sets.features is not None and sets.class_ids is not None
        assert sets.frequency is not None
        ids = sets.class_ids.new_tensor(self.split.unseen_ids)
        seen_loss, seen_accuracy = self._entropy(sets.features.detach(),
                                                 sets.class_ids)
        unseen_loss, unseen_accuracy = self._entropy(unseen, ids)
        self.class_losses = dict(loss_classifier=[
            (sets.class_ids, seen_loss.detach()),
            (ids, unseen_loss.detach())])
        weight = sets.frequency**self.frequency_power
        weight = weight / weight.sum()
        share = self.unseen_prior * len(ids)
        loss = ((1 - share) * (weight * seen_loss).sum()
                + self.unseen_prior * unseen_loss.sum())
        return dict(
            loss_classifier=loss,
            acc_seen=100 * seen_accuracy.mean(),
            acc_generated=100 * unseen_accuracy.mean())

    def _entropy(self, features: Tensor,
                 class_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean cross-entropy and accuracy (B, ) of sets (B, N, C)."""
        logits = self.classify_vectors(features)
        labels = class_ids[:, None].expand(features.shape[:2])
        loss = F.cross_entropy(
            logits.flatten(0, 1), labels.flatten(), reduction='none')
        correct = (logits.argmax(2) == labels).float()
        return loss.view(labels.shape).mean(1), correct.mean(1).detach()

    def _make_room(self, split: ClassSplit) -> None:
        """Give the classifier rows for new classes; they start as all did."""
        if not self.retrains_on_sets:
            raise ValueError(
                f'{type(self).__name__} learns its classifier in a way that '
                'cannot be repeated here: name the classes in its split and '
                'train its last stage again')
        _check_prior(self._stated_prior, split)
        count = split.num_classes - self.num_classes
        if not count:
            return
        old = self.classifier
        assert old.bias is not None
        new = nn.Conv2d(old.in_channels, split.num_classes, 1)
        rows = torch.randn(count, *old.weight.shape[1:]).to(old.weight) * 0.01
        new.weight = nn.Parameter(torch.cat([old.weight.detach(), rows]))
        new.bias = nn.Parameter(
            torch.cat([old.bias.detach(), old.bias.new_zeros(count)]))
        self.classifier = new.requires_grad_(old.weight.requires_grad)

    def _check_widths(self) -> None:
        wanted = (self.class_vectors.shape[1], self.feature_channels)
        got = (self.generator.embedding_dim, self.generator.feature_dim)
        if wanted != got:
            raise ValueError(
                f'the generator maps class vectors of width {got[0]} to '
                f'features of width {got[1]}, but the class vectors are '
                f'{wanted[0]} and the pixel features {wanted[1]} wide: leave '
                'embedding_dim and feature_dim out of its config')


def _check_prior(prior: float | None, split: ClassSplit) -> None:
    """Raise unless a stated prior leaves something to the seen classes."""
    unseen = len(split.unseen_ids)
    if prior is not None and not 0 < prior * unseen < 1:
        raise ValueError(
            f'unseen_prior={prior!r} is the probability of each of '
            f'{unseen} unseen classes: it must be above 0 and leave '
            'something to the seen classes')


def _checked_power(power: float) -> float:
    """Return the exponent of the seen classes' frequencies."""
    if not 0 <= power <= 1:
        raise ValueError(f'frequency_power={power!r} must be in [0, 1]: 1 '
                         'counts seen classes as often as they occur, 0 '
                         'counts all alike')
    return power
