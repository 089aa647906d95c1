"""One training and test of a classifier, its settings chosen on validation."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import torch

from mmseg_zeroshot.utils.pace import Pace
from mmseg_zeroshot.utils.typing_utils import Report

from .bilinear import CLASSIFICATION_LOSSES, BilinearClassifier
from .features import AttributeFeatures
from .scores import best_harmonic, calibrated_top1, zsl_top1
from .training import train_epochs

METHODS = dict(spnet='SPNet', ale='ALE')
"""Methods by the name of their loss."""
GAMMAS = np.linspace(0, 1, 101)
"""Calibration factors to choose from."""
HELD_OUT = 0.2
"""Share of the training images that are scored as seen ones on validation."""
Curve = list[dict[str, float]]
"""Scores at each gamma, see :func:`calibrated_top1`."""


class ClassificationRecord(TypedDict, total=False):
    """One training and test of a method; scores are in percent."""

    dataset: str
    """Name of the data, put in front where several are gathered."""
    method: str
    supervision: str
    seed: int
    lr: float
    epochs: int
    chosen_on: str
    """What chose learning rate, epochs and gamma."""
    validation_zsl: float
    zsl: float
    gzsl: dict[str, float]
    """Row of :func:`calibrated_top1` without calibration."""
    calibrated: dict[str, float]
    """That of the chosen gamma."""


@dataclass(frozen=True)
class Training:
    """How classifiers are trained.

    Attributes:
        lrs: Learning rates to choose from.
        epochs: Most epochs.
        batch_size: Images in a step.
        device: Where training runs.
    """

    lrs: Sequence[float] = (0.001, )
    epochs: int = 30
    batch_size: int = 512
    device: str = 'cpu'


@dataclass(frozen=True)
class Choice:
    """What the validation classes chose, and how they scored.

    Attributes:
        lr: Learning rate.
        epochs: Number of epochs.
        gamma: Calibration factor.
        zsl: Top-1 per class of the validation classes, in percent.
        curve: The scores at each gamma.
    """

    lr: float
    epochs: int
    gamma: float
    zsl: float
    curve: Curve


class Experiment:
    """Trains one method on parts of the data.

    Args:
        data: The data.
        loss: Name of the loss.
        seed: Of weights, order of images and the held-out ones.
        training: How it is trained.
        on_epoch: Told of every epoch in words.
    """

    def __init__(self, data: AttributeFeatures, loss: str, seed: int,
                 training: Training,
                 on_epoch: Report = lambda text: None) -> None:
        self.data, self.loss, self.seed = data, loss, seed
        self.training, self.on_epoch = training, on_epoch
        self.features = torch.from_numpy(data.features).to(training.device)
        self.vectors = torch.from_numpy(data.attributes).to(training.device)

    def train(self, indices: np.ndarray, lr: float,
              epochs: int) -> Iterator[BilinearClassifier]:
        """Train on some images.

        Args:
            indices: (N, ) positions of the images.
            lr: Learning rate.
            epochs: Number of epochs.

        Yields:
            The one model, after every epoch.
        """
        device = self.training.device
        torch.manual_seed(self.seed)
        model = BilinearClassifier(
            self.features.shape[1], self.vectors).to(device)
        labels = torch.from_numpy(self.data.labels[indices])
        for _ in train_epochs(
                model, CLASSIFICATION_LOSSES[self.loss],
                self.features[torch.from_numpy(indices)],
                labels.to(device), labels.unique().to(device),
                epochs=epochs, lr=lr, batch_size=self.training.batch_size,
                seed=self.seed):
            self.on_epoch(f'{METHODS[self.loss]}, seed {self.seed}')
            yield model

    def scores(self, model: BilinearClassifier,
               indices: np.ndarray) -> np.ndarray:
        """Return the (N, C) scores of some images.

        Args:
            model: The classifier.
            indices: (N, ) positions of the images.
        """
        with torch.no_grad():
            return model(
                self.features[torch.from_numpy(indices)]).cpu().numpy()

    def choose(self) -> Choice:
        """Train without the validation classes and score on them.

        Returns:
            The learning rate, epochs and gamma that scored best.

        Raises:
            ValueError: No training class has an image to train on and one to
                score.
        """
        data = self.data
        order = np.random.default_rng(self.seed).permutation(data.train)
        held = max(1, round(HELD_OUT * len(order)))
        kept = np.sort(order[held:])
        seen, unseen = np.unique(data.labels[kept]), data.validation
        # An image of a class that is left out as a whole cannot be right.
        shown = order[:held][np.isin(data.labels[order[:held]], seen)]
        if not len(shown):
            raise ValueError('train_loc has too few images per class: no '
                             'class has one to train on and one to score')
        best: Choice | None = None
        for lr in self.training.lrs:
            models = self.train(kept, lr, self.training.epochs)
            for epoch, model in enumerate(models, 1):
                scores = self.scores(model, data.val)
                zsl = zsl_top1(scores, data.labels[data.val], unseen)
                if best is None or zsl > best.zsl:
                    every = np.concatenate([scores, self.scores(
                        model, shown)])
                    curve = self.curve(
                        every, np.concatenate([data.val, shown]), seen,
                        unseen, GAMMAS)
                    best = Choice(lr, epoch, best_harmonic(curve)['gamma'],
                                  zsl, curve)
        assert best is not None
        return best

    def curve(self, scores: np.ndarray, indices: np.ndarray,
              seen: np.ndarray, unseen: np.ndarray,
              gammas: Sequence[float] | np.ndarray) -> Curve:
        """Score with the softmax over the classes that compete.

        Args:
            scores: (N, C) of all classes.
            indices: (N, ) positions of the images.
            seen: Ids of the seen classes that compete.
            unseen: Ids of the unseen classes that compete.
            gammas: Calibration factors.

        Returns:
            The scores at each gamma.
        """
        ids = np.union1d(seen, unseen)
        probabilities = np.zeros_like(scores)
        probabilities[:, ids] = torch.from_numpy(
            scores[:, ids]).softmax(1).numpy()
        return calibrated_top1(
            probabilities, self.data.labels[indices], seen=seen,
            unseen=unseen, gammas=gammas)

    def run(self) -> tuple[ClassificationRecord, Curve]:
        """Choose, train on all seen classes and test.

        Returns:
            The record, and the validation curve over gamma.

        Raises:
            ValueError: See :meth:`choose`.
        """
        data, choice = self.data, self.choose()
        *_, model = self.train(data.trainval, choice.lr, choice.epochs)
        indices = np.concatenate([data.test_seen, data.test_unseen])
        scores = self.scores(model, indices)
        plain, calibrated = self.curve(
            scores, indices, data.seen, data.unseen,
            [0., choice.gamma])
        record = ClassificationRecord(
            method=METHODS[self.loss], supervision='strict', seed=self.seed,
            lr=choice.lr, epochs=choice.epochs,
            chosen_on='validation classes', validation_zsl=choice.zsl,
            zsl=zsl_top1(scores[len(data.test_seen):],
                         data.labels[data.test_unseen], data.unseen),
            gzsl=plain, calibrated=calibrated)
        return record, choice.curve


def run_experiments(
    data: AttributeFeatures, name: str, *, losses: Sequence[str],
    seeds: Sequence[int], training: Training,
    report: Report = print,
) -> tuple[list[ClassificationRecord], dict[str, list[Curve]]]:
    """Run an experiment for each loss and seed.

    Args:
        data: The data.
        name: Its name in the records.
        losses: Names of losses.
        seeds: The seeds.
        training: How classifiers are trained.
        report: Takes lines with the rate and the time left.

    Returns:
        A record for each loss and seed, and by loss the validation curves of
        its seeds.

    Raises:
        ValueError: See :meth:`Experiment.choose`.
    """
    pace = Pace(len(losses) * len(seeds) * training.epochs * (
        len(training.lrs) + 1))

    def on_epoch(text: str) -> None:
        if pace.step():
            report(f'{text}: epoch {pace.done} of at most {pace.total}, '
                   f'{pace.rate:.1f} per second, at most '
                   f'{pace.left:.0f} s left')

    records: list[ClassificationRecord] = []
    curves: dict[str, list[Curve]] = {loss: [] for loss in losses}
    for loss in losses:
        for seed in seeds:
            record, curve = Experiment(data, loss, seed, training,
                                       on_epoch).run()
            records.append({'dataset': name, **record})
            curves[loss].append(curve)
    return records, curves
