"""ZS3Net's classifier, retrained on real seen and generated unseen pixels."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from mmengine.logging import MessageHub
from mmseg.registry import MODELS
from torch import Tensor

from mmseg_zeroshot.models.feature_sets import (
    FeatureSets,
    check_finite,
    gather_feature_sets,
)
from mmseg_zeroshot.models.losses.selection import SelectionTotals
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit
from mmseg_zeroshot.utils.typing_utils import RunState

from .retrained_head import RetrainedHead


@MODELS.register_module()
class GeneratorRetrainedHead(RetrainedHead):
    """A 1x1 classifier that learns unseen classes from generated features.

    ZS3Net (section 2.2) in stages, one training run each. The key ``stage``
    names the stage:

    .. code:: text

        seen           stage 0: everything, cross-entropy on seen classes
        generator      stage 1: G alone, by the losses that it brings
        classifier     stage 2: f alone, cross-entropy on real features of
                       seen and generated features of unseen classes
        joint          stages 1 and 2 in every iteration
        self-training  ZS5Net: everything but G, cross-entropy on labels of
                       seen and pseudo-labels of unseen classes

    Between the first and the last the extractor
    (backbone, neck, host) is frozen and runs in eval mode, and what is
    trained are *sets* of pixel features: from a feature bank, or gathered
    from the images of the step. No label map of an unseen class takes part.

    Args:
        host: Config of the decode head that gives pixel features.
        split: See :class:`BaseZeroShotHead`.
        embeddings: See :class:`BaseZeroShotHead`.
        generator: Config of a :class:`BaseGenerator`, such as
            :class:`GMMNGenerator` or :class:`WGANGenerator`; the widths are
            filled in.
        stage: ``'seen'``, ``'generator'``, ``'classifier'``, ``'joint'`` or
            ``'self-training'``.
        recursion: Config of :class:`ZSMMDLoss` for recursive training in
            stage ``joint``, by default with the generator's kernel; None
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
        ValueError: As :class:`RetrainedHead`, or ``recursion`` outside stage
            ``joint``.
    """

    stages = ('seen', 'generator', 'classifier', 'joint', 'self-training')
    retrains_on_sets = True

    def __init__(
        self,
        host: dict,
        *,
        split: str | dict | ClassSplit,
        embeddings: str | Sequence[str] | ClassEmbeddings,
        generator: dict,
        stage: str = 'seen',
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
            generator=generator,
            stage=stage,
            num_vectors=num_vectors,
            unseen_prior=unseen_prior,
            frequency_power=frequency_power,
            normalize=normalize,
            gamma=gamma,
            init_cfg=init_cfg)
        self.recursion = self._build_recursion(recursion)
        self.selection = SelectionTotals(self.split.unseen_ids)
        self._judged: Tensor | None = None

    @property
    def trains_on(self) -> tuple[type, ...]:
        """Images, and sets of a bank where the extractor is frozen."""
        return (Tensor, ) if self.trains_extractor else (Tensor, FeatureSets)

    def loss(self, inputs: Sequence[Tensor], batch_data_samples: list,
             train_cfg: dict) -> dict[str, Tensor]:
        """Return the stage's losses on the images of a step.

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
        """Return the stage's losses on sets of real features of seen classes.

        Args:
            sets: (B, N, C) real features with class ids and frequencies.

        Returns:
            The generator's losses, ``loss_classifier`` and ``loss_zs_mmd``
            as the stage has them, and logged values.
        """
        losses: dict[str, Tensor] = {}
        if self.stage in ('generator', 'joint'):
            losses.update(self.generator_losses(sets.features, sets.class_ids))
        if self.stage in ('classifier', 'joint'):
            recurses = self._recurses
            with torch.set_grad_enabled(recurses and torch.is_grad_enabled()):
                unseen = self.generate(self.split.unseen_ids, self.num_vectors)
            losses.update(self.classifier_losses(sets, unseen.detach()))
            if recurses:
                losses.update(self._recursion_losses(unseen))
        return losses

    def run_state(self) -> RunState:
        """Return what recursion remembers from step to step."""
        if self.recursion is None:
            return {}
        judged = None if self._judged is None else self._judged.cpu()
        return dict(judged=judged, selection=self.selection.run_state())

    def load_run_state(self, state: RunState) -> None:
        """Go on with what recursion remembered.

        Args:
            state: What :meth:`run_state` returned.
        """
        self._judged = state['judged']
        self.selection.load_run_state(state['selection'])

    @property
    def _recurses(self) -> bool:
        """Whether this iteration feeds pseudo-labels back."""
        if self.recursion is None or self.stage != 'joint':
            return False
        iteration = MessageHub.get_current_instance().get_info('iter')
        return self.recursion.begun(iteration)

    def _recursion_losses(self, generated: Tensor) -> dict[str, Tensor]:
        """Feed the classifier's confident verdicts back to the generator.

        The classifier judges the vectors of the step before, so that this
        step's, which it is shown, can be drawn towards them: no vector is
        generated for the recursion alone. The first step has none.
        """
        judged, self._judged = self._judged, generated.detach()
        if judged is None:
            return {}
        ids = torch.tensor(self.split.unseen_ids, device=generated.device)
        with torch.no_grad():
            confidence = self.recursion.confidence(
                self.classify_vectors(judged), ids)
        loss, selection = self.recursion(judged, confidence, generated, ids)
        self.selection.add(selection)
        return {self.recursion.loss_name: loss}

    def _build_recursion(
            self, recursion: dict | None
    ) -> Any:  # noqa: ANN401  None, or a loss that the registry has
        """Return the loss of recursive training, with G's kernel."""
        if recursion is None:
            return None
        if self.stage != 'joint':
            raise ValueError(
                f"recursion needs stage='joint', got stage={self.stage!r}: "
                'the classifier judges the vectors while the generator learns')
        loss = MODELS.build(
            {'bandwidths': self.generator.bandwidths, **recursion})
        if loss.min_selected > self.num_vectors:
            raise ValueError(
                f'recursion.min_selected={loss.min_selected} is above '
                f'num_vectors={self.num_vectors}: no class could ever have '
                'that many pseudo-labels')
        return loss
