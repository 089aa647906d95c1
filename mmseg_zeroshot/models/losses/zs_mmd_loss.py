"""The ZS-MMD loss of recursive training."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from mmseg.registry import MODELS
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from .kernels import PRINTED_BANDWIDTHS, check_bandwidths
from .mmd import weighted_mmd2
from .mmd_loss import check_choice, check_loss_name
from .selection import Selection

Sets = Tensor | Sequence[Tensor]


def own_class_confidence(logits: Tensor, labels: Tensor) -> Tensor:
    """Confidence of generated vectors that are classified as intended.

    Args:
        logits: (B, Q, K) classifier scores of Q vectors per class.
        labels: (B,) class ids that the vectors were generated for.

    Returns:
        (B, Q) softmax probability of the own class where it is the highest,
        0 elsewhere; float32 or wider, without gradient.
    """
    logits = logits.detach()
    if logits.dtype in (torch.float16, torch.bfloat16):
        logits = logits.float()
    own = labels.to(logits.device)[:, None]
    probability = logits.softmax(2).gather(
        2, own[:, :, None].expand(-1, logits.shape[1], 1)).squeeze(2)
    # A NaN stays one, to be refused by the loss.
    kept = (logits.argmax(2) == own) | probability.isnan()
    return probability.masked_fill(~kept, 0.)


@MODELS.register_module()
class ZSMMDLoss(nn.Module):
    """MMD between confident pseudo-labels and fresh generated vectors.

    ``gamma [1/Q^2 sum_ii' c_i c_i' k(a_i, a_i') - 2/(QP) sum_ij c_i k(a_i,
    b_j) + 1/P^2 sum_jj' k(b_j, b_j')]`` per class, with ``a_i`` the Q
    generated vectors that the classifier takes for their own class with a
    confidence ``c_i > tau`` (constants) and ``b_j`` the P fresh ones. The
    printed equation is missing from the text that this was written from:
    this is its natural reading, the MMD of eq. 1 with a weight c_i at each
    a_i, from the definitions around it ("Recursive Training for Zero-Shot
    Semantic Segmentation", section III-C).

    In the kernel's feature space, with ``m(b)`` the mean of the mapped
    ``b_j`` and ``w_i`` the weights of the mapped ``a_i``, the bracket is the
    squared distance ``|sum_i w_i a_i - m(b)|^2``. It vanishes where both are
    the same distribution only if the weights add up to 1. As printed,
    ``w_i = c_i / Q`` adds up to the mean confidence c < 1, and equal sets of
    that confidence cost ``(1 - c)^2 |m(b)|^2``. ``|m(b)|^2`` is the mean
    kernel within the fresh vectors, so this rest pushes them apart. Dividing
    by ``sum c`` in place of Q removes it.

    Args:
        tau: Confidence above which a vector becomes a pseudo-label.
        gamma: Factor of the loss, 1/40 to 1/160 in the paper.
        start: First iteration whose vectors are judged; the verdicts reach
            the generator in the next one.
        weighting: Weights of the pseudo-labels.

            - ``'normalized'``: ``c_i / sum c``; zero on equal sets of equal
              confidence.
            - ``'raw'``: ``c_i / Q``, the equation as it stands.
            - ``'equal'``: the ablation of table 3: every pseudo-feature,
              confident or not, at 1/Q; tau plays no part.
        min_selected: A class with fewer pseudo-labels in a step is left out
            of it: a single one would pull the whole class onto one point.
        bandwidths: The sigmas of the kernel.
        loss_name: Key of the loss, which must contain ``loss``.

    Raises:
        ValueError: tau outside (0, 1), a negative gamma or start, an unknown
            weighting, or ``min_selected`` below 2.
    """

    def __init__(self,
                 *,
                 tau: float = .7,
                 gamma: float = 1 / 80,
                 start: int = 0,
                 weighting: str = 'normalized',
                 min_selected: int = 2,
                 bandwidths: Sequence[float] = PRINTED_BANDWIDTHS,
                 loss_name: str = 'loss_zs_mmd') -> None:
        super().__init__()
        if not 0 < tau < 1:
            raise ValueError(f'tau={tau!r} must be in (0, 1): it is compared'
                             ' with softmax probabilities')
        for name, value, least in (('gamma', gamma, 0), ('start', start, 0),
                                   ('min_selected', min_selected, 2)):
            if not least <= value < float('inf'):
                raise ValueError(f'{name}={value!r} must be a finite number, '
                                 f'at least {least}')
        self.tau = tau
        self.gamma = gamma
        self.start = start
        self.weighting = check_choice('weighting', weighting,
                                      ('normalized', 'raw', 'equal'))
        self.min_selected = min_selected
        self.bandwidths = check_bandwidths(bandwidths)
        self._loss_name = check_loss_name(loss_name)

    @property
    def loss_name(self) -> str:
        """Key of the loss in the log."""
        return self._loss_name

    @staticmethod
    def confidence(logits: Tensor, labels: Tensor) -> Tensor:
        """Return what the loss selects by: :func:`own_class_confidence`."""
        return own_class_confidence(logits, labels)

    def begun(self, iteration: int | None) -> bool:
        """Say whether the loss is on in an iteration.

        Args:
            iteration: Counted from 0; None, outside a run, is after start.
        """
        return iteration is None or iteration >= self.start

    def check_schedule(self, max_iters: int) -> None:
        """Raise a ValueError if no verdict would reach the generator."""
        if self.start >= max_iters - 1:
            raise ValueError(
                f'ZSMMDLoss(start={self.start}) is beyond the last but one '
                f'of {max_iters} iterations: recursion would never begin. Set '
                f'recursion.start below {max_iters - 1} '
                '(train_cfg.max_iters - 1)')

    def forward(self,
                pseudo: Sets,
                confidence: Sets,
                generated: Tensor,
                labels: Sequence[int] | Tensor) -> tuple[Tensor, Selection]:
        """Compute the loss of a step.

        Args:
            pseudo: (B, Q, D) generated vectors of B classes, or a list of B
                sets (Q_c, D). Constants: no gradient flows to them.
            confidence: (B, Q), or a list of (Q_c,): each vector's softmax
                probability of its own class where that class wins, else 0,
                as :func:`own_class_confidence` gives it.
            generated: (B, P, D) fresh vectors of the same classes, which
                the gradient goes to.
            labels: The B class ids, for messages.

        Returns:
            The loss, a scalar: the mean over the B classes, to which a class
            without enough pseudo-labels contributes 0; and what was selected
            of each class.

        Raises:
            ValueError: Shapes that do not fit, a set of one vector, or a
                confidence that is NaN or outside [0, 1].
        """
        ids = _ids(labels)
        pseudo, confidence, valid = _stack(pseudo, confidence)
        self._check(pseudo, confidence, generated, ids)
        selected = valid if self.weighting == 'equal' else (
            confidence > self.tau) & valid
        weights = self._weights(confidence, selected)
        counts = selected.sum(1)
        active = counts >= self.min_selected
        loss = self._discrepancy(pseudo, weights, generated, active)
        means = (confidence * selected).sum(1) / counts.clamp(min=1)
        return loss, Selection(valid.sum(1), counts, means)

    def _discrepancy(self, pseudo: Tensor, weights: Tensor, generated: Tensor,
                     active: Tensor) -> Tensor:
        """Return gamma times the mean over all classes, 0 if none is active.

        The zero hangs on ``generated``, so that every rank of a distributed
        run has the same gradients to exchange.
        """
        kept = active.nonzero().squeeze(1)
        if self.gamma == 0 or len(kept) == 0:
            return (generated.flatten()[:1].float() * 0).sum()
        # Weights of the fresh vectors: 1/P each, by default.
        values = weighted_mmd2(pseudo[kept], generated[kept], weights[kept],
                               bandwidths=self.bandwidths)
        return self.gamma * values.sum() / len(active)

    def _weights(self, confidence: Tensor, selected: Tensor) -> Tensor:
        """Return (B, Q) weights as they enter the sums, 0 where unselected."""
        if self.weighting == 'equal':
            confidence = torch.ones_like(confidence)
        kept = confidence * selected
        # As printed, w_i = c_i / Q, with Q the number of selected; else
        # w_i = c_i / sum c, which adds up to 1 ('equal': c = 1, so 1 / Q).
        total = selected.to(kept) if self.weighting == 'raw' else kept
        return kept / total.sum(1, keepdim=True).clamp(min=1e-12)

    def _check(self, pseudo: Tensor, confidence: Tensor, generated: Tensor,
               ids: list[int]) -> None:
        """Raise a ValueError for sets that cannot be compared."""
        if (pseudo.dim() != 3 or generated.dim() != 3
                or confidence.shape != pseudo.shape[:2]
                or not len(ids) == len(pseudo) == len(generated)):
            raise ValueError(
                'ZSMMDLoss needs pseudo (B, Q, D), confidence (B, Q), '
                'generated (B, P, D) and B labels, got '
                f'{tuple(pseudo.shape)}, {tuple(confidence.shape)}, '
                f'{tuple(generated.shape)} and {len(ids)} labels')
        for name, vectors in (('pseudo', pseudo), ('generated', generated)):
            if vectors.shape[1] < 2:
                raise ValueError(
                    f'ZSMMDLoss: {name} has {vectors.shape[1]} vector per '
                    'class, and a set of one has no distribution; give at '
                    'least two')
        # NaN fails both comparisons.
        bad = ~((confidence >= 0) & (confidence <= 1)).all(1)
        if bad.any():
            named = [c for c, is_bad in zip(ids, bad.tolist()) if is_bad]
            raise ValueError(
                f'ZSMMDLoss: a confidence of class ids {named} is NaN or '
                'outside [0, 1]: give softmax probabilities, and check the '
                "classifier's logits for NaN")


def _ids(labels: Sequence[int] | Tensor) -> list[int]:
    """Return class ids as plain integers."""
    return [int(label) for label in labels]


def _stack(pseudo: Sets, confidence: Sets) -> tuple[Tensor, Tensor, Tensor]:
    """Return detached (B, Q, D), (B, Q) and the mask of true vectors."""
    if isinstance(pseudo, Tensor) and isinstance(confidence, Tensor):
        valid = torch.ones_like(confidence, dtype=torch.bool)
        return pseudo.detach(), _wide(confidence), valid
    sizes = [len(vectors) for vectors in pseudo]
    if sizes != [len(values) for values in confidence] or not sizes:
        raise ValueError(
            'ZSMMDLoss needs one list of sets with one confidence per '
            f'vector, got sets of {sizes} vectors and of '
            f'{[len(values) for values in confidence]} confidences')
    vectors = pad_sequence([s.detach() for s in pseudo], batch_first=True)
    values = pad_sequence([_wide(c) for c in confidence], batch_first=True)
    places = torch.arange(values.shape[1], device=values.device)
    lengths = torch.tensor(sizes, device=values.device)
    return vectors, values, places < lengths[:, None]


def _wide(confidence: Tensor) -> Tensor:
    """Return a detached confidence in float32 or wider."""
    dtype = torch.promote_types(confidence.dtype, torch.float32)
    return confidence.detach().to(dtype)
