"""ZS3Net's classifier, retrained on real seen and generated unseen pixels."""
from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmengine.logging import MessageHub, print_log
from mmseg.registry import MODELS
from torch import Tensor, nn

from mmseg_zeroshot.models.feature_sets import FeatureSets, gather_feature_sets
from mmseg_zeroshot.models.losses.selection import SelectionTotals
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit
from mmseg_zeroshot.utils import mask_classes

from .base_zero_shot_head import BaseZeroShotHead

PHASES = ('seen', 'generator', 'classifier', 'joint', 'self-training')
_TRAIN_ALL = ('seen', 'self-training')
_GENERATES = ('generator', 'classifier', 'joint')


@MODELS.register_module()
class GeneratorRetrainedHead(BaseZeroShotHead):
    """A 1x1 classifier that learns unseen classes from generated features.

    ZS3Net (section 2.2) in phases, one training run each:

    .. code:: text

        seen           step 0: everything, cross-entropy on seen classes
        generator      step 1: G alone, MMD of real and generated features
        classifier     step 2: f alone, cross-entropy on real features of
                       seen and generated features of unseen classes
        joint          steps 1 and 2 in every iteration
        self-training  ZS5Net: everything but G, cross-entropy on labels of
                       seen and pseudo-labels of unseen classes

    In the three phases between the first and the last the extractor
    (backbone, neck, host) is frozen and runs in eval mode, and what is
    trained are *sets* of pixel features: from a feature bank, or gathered
    from the images of the step.
    MMD reaches only the generator and cross-entropy only the classifier.

    The classifier's loss weighs every vector such that seen classes count
    as often as they occur and each unseen class as ``unseen_prior`` says.
    No label map of an unseen class takes part.

    Args:
        host: Config of the decode head that gives pixel features.
        split: See :class:`BaseZeroShotHead`.
        embeddings: See :class:`BaseZeroShotHead`.
        generator: Config of :class:`GMMNGenerator` or
            :class:`WGANGenerator`; the widths are filled in.
        phase: ``'seen'``, ``'generator'``, ``'classifier'``, ``'joint'`` or
            ``'self-training'``.
        mmd: Config of :class:`MMDLoss`; not used with a WGAN.
        recursion: Config of :class:`ZSMMDLoss` for recursive training in
            phase ``joint``, by default with the kernel of ``mmd``; None
            trains without. See :class:`RecursionHook`.
        num_vectors: Generated vectors per class and step; as many real ones
            where they are gathered from images.
        unseen_prior: Probability of each unseen class in the classifier's
            training set; 1 / number of trained classes where None.
        frequency_power: Seen classes count as often as they occur, to this
            power: 1 leaves rare ones to generated classes that look like
            them, 0 counts all alike.
        normalize: See :class:`BaseZeroShotHead`.
        gamma: See :class:`BaseZeroShotHead`.
        init_cfg: Initialisation of the classifier.

    Raises:
        ValueError: an unknown phase, no unseen class where some are
            generated, a power outside [0, 1], a prior that
            leaves nothing to the seen classes, ``recursion`` outside phase
            ``joint``, sets of one vector, or a generator of another width.
    """

    def __init__(
        self,
        host: dict,
        *,
        split: str | dict | ClassSplit,
        embeddings: str | Sequence[str] | ClassEmbeddings,
        generator: dict,
        phase: str = 'seen',
        mmd: dict | None = None,
        recursion: dict | None = None,
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
            trains_unseen=phase == 'self-training',
            init_cfg=init_cfg or dict(
                type='Normal', std=0.01, override=dict(name='classifier')))
        if phase not in PHASES:
            raise ValueError(
                f'phase={phase!r} is unknown: take one of {PHASES}')
        if phase in _GENERATES and not self.split.unseen:
            raise ValueError(
                f'phase={phase!r} needs unseen classes to generate features '
                f'of, and split {self.split.name!r} has none: name some, or '
                "train the fully supervised network with phase='seen'")
        if num_vectors < 2:
            raise ValueError(f'num_vectors={num_vectors!r}: a set of one '
                             'vector has no distribution; take at least 2')
        self.phase = phase
        self.num_vectors = num_vectors
        self.unseen_prior = self._checked_prior(unseen_prior)
        self.frequency_power = _checked_power(frequency_power)
        self.classifier = nn.Conv2d(self.feature_channels, self.num_classes, 1)
        self.generator = MODELS.build({
            'embedding_dim': self.class_vectors.shape[1],
            'feature_dim': self.feature_channels,
            **generator
        })
        self._check_widths()
        self.mmd = MODELS.build(mmd or dict(type='MMDLoss'))
        self.recursion = self._build_recursion(recursion)
        self.selection = SelectionTotals(self.split.unseen_ids)
        self._judged: Tensor | None = None
        self.generator.requires_grad_(phase in ('generator', 'joint'))
        self.classifier.requires_grad_(phase != 'generator')

    @property
    def trains_extractor(self) -> bool:
        """Whether the pixel features are still being learned."""
        return self.phase in _TRAIN_ALL

    @property
    def allowed_missing(self) -> tuple[str, ...]:
        """Keys of the head that a checkpoint of an earlier step lacks."""
        return {
            'classifier': (r'classifier\.', ),  # needs step 1's generator
            'self-training': (r'generator\.', ),
        }.get(self.phase, (r'generator\.', r'classifier\.'))

    def classify(self, features: Tensor) -> Tensor:
        """Score (N, C, h, w) pixel features for K classes: (N, K, h, w)."""
        return self.classifier(features)

    def from_plain_classifier(self, weight: Tensor,
                              bias: Tensor | None) -> dict[str, Tensor]:
        """Start from the classifier that step 0 trained, if it fits."""
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

    def add_class(self, name: str, vector: Tensor | None = None,
                  embeddings: str | Sequence[str] | None = None) -> None:
        """Refuse: a class without training has no classifier here.

        Raises:
            NotImplementedError: always, with what to do instead.
        """
        raise NotImplementedError(
            f'{type(self).__name__} learns its classifier: to add {name!r}, '
            "name it in the split and run phase='classifier' again on the "
            'feature bank')

    def loss(self, inputs: Sequence[Tensor], batch_data_samples: list,
             train_cfg: dict) -> dict[str, Tensor]:
        """Return the phase's losses on the images of a step.

        Args:
            inputs: Feature maps of the backbone or neck.
            batch_data_samples: Samples with ``gt_sem_seg`` (1, H, W).
            train_cfg: Not used; part of MMSegmentation's head contract.

        Returns:
            Losses and logged values by name.

        Raises:
            ValueError: The frozen extractor's features are not finite.
        """
        if self.trains_extractor:
            return super().loss(inputs, batch_data_samples, train_cfg)
        with torch.no_grad():
            features = self.pixel_features(inputs)
        labels = torch.stack([s.gt_sem_seg.data for s in batch_data_samples])
        sets = gather_feature_sets(
            features, labels, self.num_vectors, ignore_index=self.ignore_index)
        if sets is None:
            zero = sum(p.sum() for p in self.parameters() if p.requires_grad)
            return dict(loss_no_labelled_pixel=zero * 0)
        check_finite(sets.features)
        return self.loss_of_sets(sets)

    def loss_of_sets(self, sets: FeatureSets) -> dict[str, Tensor]:
        """Return the phase's losses on sets of real features of seen classes.

        Args:
            sets: (B, N, C) real features with class ids and frequencies.

        Returns:
            ``loss_mmd`` (or the WGAN's losses), ``loss_classifier`` and
            ``loss_zs_mmd`` as the phase has them, and logged values.

        Raises:
            ValueError: The phase trains on images only.
        """
        if self.trains_extractor:
            raise ValueError(f'phase={self.phase!r} learns the extractor: '
                             'train it on images, not on a feature bank')
        losses: dict[str, Tensor] = {}
        if self.phase in ('generator', 'joint'):
            losses.update(self._generator_losses(sets))
        if self.phase in ('classifier', 'joint'):
            recurses = self._recurses
            with torch.set_grad_enabled(recurses and torch.is_grad_enabled()):
                unseen = self._unseen_features(sets)
            losses.update(self._classifier_losses(sets, unseen.detach()))
            if recurses:
                losses.update(self._recursion_losses(unseen))
        return losses

    def generate(self, class_ids: Sequence[int] | Tensor,
                 num: int) -> Tensor:
        """Return (B, num, C) generated pixel features of B classes."""
        # A tuple would index dimensions.
        ids = class_ids if isinstance(class_ids, Tensor) else list(class_ids)
        return self.generator(self.class_vectors[ids], num)

    def _generator_losses(self, sets: FeatureSets) -> dict[str, Tensor]:
        generated = self.generate(sets.class_ids, self.num_vectors)
        if not self.generator.adversarial:
            return {
                self.mmd.loss_name: self.mmd(sets.features.detach(), generated)
            }
        vectors = self.class_vectors[sets.class_ids]
        return {
            **self.generator.critic_loss(sets.features, generated, vectors),
            **self.generator.generator_loss(
                generated, vectors, sets.class_ids,
                self.classifier.weight.flatten(1), self.classifier.bias),
        }

    def _classifier_losses(self, sets: FeatureSets,
                           unseen: Tensor) -> dict[str, Tensor]:
        """Cross-entropy with every set weighing what its class should."""
        ids = sets.class_ids.new_tensor(self.split.unseen_ids)
        seen_loss, seen_accuracy = self._entropy(sets.features.detach(),
                                                 sets.class_ids)
        unseen_loss, unseen_accuracy = self._entropy(unseen, ids)
        weight = sets.frequency**self.frequency_power
        weight = weight / weight.sum()
        share = self.unseen_prior * len(ids)
        loss = ((1 - share) * (weight * seen_loss).sum()
                + self.unseen_prior * unseen_loss.sum())
        return dict(
            loss_classifier=loss,
            acc_seen=100 * seen_accuracy.mean(),
            acc_generated=100 * unseen_accuracy.mean())

    def _unseen_features(self, sets: FeatureSets) -> Tensor:
        """Return (U, N, C) generated features of the unseen classes."""
        return self.generate(self.split.unseen_ids, self.num_vectors)

    def _entropy(self, features: Tensor,
                 class_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean cross-entropy and accuracy (B, ) of sets (B, N, C)."""
        logits = self._classify_vectors(features)
        labels = class_ids[:, None].expand(features.shape[:2])
        loss = F.cross_entropy(
            logits.flatten(0, 1), labels.flatten(), reduction='none')
        correct = (logits.argmax(2) == labels).float()
        return loss.view(labels.shape).mean(1), correct.mean(1).detach()

    def _classify_vectors(self, features: Tensor) -> Tensor:
        """Return (B, N, K) scores of sets (B, N, C), ignored ones masked."""
        logits = F.linear(features, self.classifier.weight.flatten(1),
                          self.classifier.bias).float()
        shape = logits.shape
        logits = mask_classes(logits.flatten(0, 1), self.split.ignored_ids)
        return logits.view(shape)

    @property
    def _recurses(self) -> bool:
        """Whether this iteration feeds pseudo-labels back."""
        if self.recursion is None:
            return False
        iteration = MessageHub.get_current_instance().get_info('iter')
        return self.recursion.begun(iteration)

    def _recursion_losses(self, generated: Tensor) -> dict[str, Tensor]:
        """Feed the classifier's confident verdicts back to the generator.

        Judged are the vectors of the step before, so that this step's, which
        the classifier is shown, can be drawn towards them: no vector is
        generated for the recursion alone. The first step has none.
        """
        judged, self._judged = self._judged, generated.detach()
        if judged is None:
            return {}
        ids = torch.tensor(self.split.unseen_ids, device=generated.device)
        with torch.no_grad():
            confidence = self.recursion.confidence(
                self._classify_vectors(judged), ids)
        loss, selection = self.recursion(judged, confidence, generated, ids)
        self.selection.add(selection)
        return {self.recursion.loss_name: loss}

    def _build_recursion(self, recursion: dict | None) -> Any:
        """Return the loss of recursive training, with the MMD's kernel."""
        if recursion is None:
            return None
        if self.phase != 'joint':
            raise ValueError(
                f"recursion needs phase='joint', got phase={self.phase!r}: "
                'the classifier judges the vectors while the generator learns')
        loss = MODELS.build({'bandwidths': self.mmd.bandwidths, **recursion})
        if loss.min_selected > self.num_vectors:
            raise ValueError(
                f'recursion.min_selected={loss.min_selected} is above '
                f'num_vectors={self.num_vectors}: no class could ever have '
                'that many pseudo-labels')
        return loss

    def _checked_prior(self, prior: float | None) -> float:
        trained = len(self.split.seen_ids) + len(self.split.unseen_ids)
        if prior is None:
            return 1 / trained
        if not 0 < prior * len(self.split.unseen_ids) < 1:
            raise ValueError(
                f'unseen_prior={prior!r} is the probability of each of '
                f'{len(self.split.unseen_ids)} unseen classes: it must be '
                'above 0 and leave something to the seen classes')
        return prior

    def _check_widths(self) -> None:
        wanted = (self.class_vectors.shape[1], self.feature_channels)
        got = (self.generator.embedding_dim, self.generator.feature_dim)
        if wanted != got:
            raise ValueError(
                f'the generator maps class vectors of width {got[0]} to '
                f'features of width {got[1]}, but the class vectors are '
                f'{wanted[0]} and the pixel features {wanted[1]} wide: leave '
                'embedding_dim and feature_dim out of its config')


def _checked_power(power: float) -> float:
    """Return the exponent of the seen classes' frequencies."""
    if not 0 <= power <= 1:
        raise ValueError(f'frequency_power={power!r} must lie in [0, 1]: 1 '
                         'counts seen classes as often as they occur, 0 '
                         'counts all alike')
    return power


def check_finite(features: Tensor) -> None:
    """Stop before NaN spreads from a broken extractor.

    Args:
        features: Pixel features, of any shape.

    Raises:
        ValueError: One is NaN or infinite.
    """
    if not torch.isfinite(features).all():
        raise ValueError(
            'the frozen network gives pixel features that are NaN or '
            'infinite: its checkpoint (load_from) is broken, or its values '
            'overflow in float16')
