"""Scores on a whole grid of calibration factors, from one pass."""
from __future__ import annotations

import itertools
from collections.abc import Sequence
from operator import itemgetter
from typing import cast

import numpy as np
import torch
from torch import Tensor

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import (
    MASKED_LOGIT,
    best_pair,
    check_gamma,
    in_parts,
)
from mmseg_zeroshot.utils.label_values import no_label
from mmseg_zeroshot.utils.scores import Scores
from mmseg_zeroshot.utils.typing_utils import JSONObject

from ._turning_points import max_over_classes, turning_points
from .scores import Absent, zero_shot_scores


class GammaScores(Scores):
    """Scores at a grid point of a curve."""

    gamma: float


class GammaCurve:
    """The seen, unseen and hIoU curve over the calibration factor gamma.

    The calibrated decision is ``argmax_c p(c) - gamma [c is seen]`` (SPNet,
    eq. 5). At a pixel it depends only on the best seen and the best unseen
    class, and it turns from the one to the other once as gamma grows. The
    curve counts each pixel at the grid point where it turns, in one
    histogram with its best seen and in one with its best unseen class.
    The confusion matrix of any gamma is a sum over these. It is exactly the
    one that a separate evaluation at this gamma gives, ties and rounding in
    float32 included. Such an evaluation decides by the argmax of
    probabilities, or for logits by :func:`calibrated_prediction`, as the
    heads do. Ignored classes do not compete.

    Args:
        split: Groups of the K classes; at least one is unseen.
        gammas: Ascending grid within [0, 1]; 0, .01, … 1 by default.
        ignore_index: Label that is not scored; by default that of the
            split's class list, see :func:`no_label`.
        absent: See :func:`zero_shot_scores`.

    Raises:
        ValueError: A gamma is outside [0, 1], the grid does not ascend, or
            the split has no unseen class.

    Example:
        >>> curve = GammaCurve(split)
        >>> for sample in model.test_step(batch):
        ...     curve.update_logits(sample.seg_logits.data,
        ...                         sample.gt_sem_seg.data[0])
        >>> curve.best()['gamma'], curve.at(0.6)['hIoU'], curve.area()
    """

    def __init__(self,
                 split: ClassSplit,
                 gammas: Sequence[float] | np.ndarray | None = None,
                 *,
                 ignore_index: int | None = None,
                 absent: Absent = 'skip') -> None:
        if not split.unseen:
            raise ValueError(
                f'split {split.name!r} has no unseen class, so there is '
                'nothing to calibrate')
        grid = np.linspace(0, 1, 101) if gammas is None else gammas
        self.gammas = _checked_grid(grid)
        self.split = split
        self.ignore_index = (no_label(split.num_classes)
                             if ignore_index is None else ignore_index)
        self.absent = absent
        self.num_images = 0
        # counts[g, t, c]: pixels of true class t that are decided as c for
        # all gammas below (seen c) or from (unseen c) the g-th grid point.
        # The last t gathers the pixels that are not scored.
        size = split.num_classes
        self._counts = torch.zeros(
            (len(self.gammas) + 1, size + 1, size), dtype=torch.int64)
        self._odd = torch.zeros(
            (len(self.gammas), size + 1, size), dtype=torch.int64)

    def update(self, probabilities: Tensor | np.ndarray,
               label: Tensor | np.ndarray) -> None:
        """Count one image.

        Args:
            probabilities: (K, H, W) softmax over the classes, at the
                label's size; lower precisions are taken to float32.
            label: (H, W) true class ids.

        Raises:
            ValueError: shapes that do not fit the split, values that are no
                probabilities, a label id outside the class list.
        """
        scores, truth = self._shaped(probabilities, label)
        _check_probabilities(scores)
        self._to(scores.device)
        for part, classes in in_parts(scores, truth):
            self._count(self._competing(part), classes)
        self.num_images += 1

    def update_logits(self, logits: Tensor, label: Tensor,
                      winner: Tensor | None = None) -> None:
        """Count one image from its scores before the softmax.

        Only two probabilities of each pixel are computed, of some pixels at
        a time, which saves the memory and the time of a softmax.

        Args:
            logits: (K, H, W) scores at the label's size.
            label: (H, W) true class ids.
            winner: (H, W) their argmax, the decision at gamma 0, if known.

        Raises:
            ValueError: shapes that do not fit the split, NaN, a label id
                outside the class list.
        """
        scores, truth = self._shaped(logits, label)
        ignored = scores[:, ::16, ::16][list(self.split.ignored_ids)]
        if bool((ignored > MASKED_LOGIT / 2).any()):
            # Of a plain head; those of ours mask them, everywhere.
            self.update(scores.softmax(0), label)
            return
        if winner is None:
            winner = scores.max(0).indices
        self._to(scores.device)
        unseen_ids = torch.tensor(self.split.unseen_ids, device=scores.device)
        for part, classes, ids in in_parts(scores, truth, winner):
            pair = best_pair(part, unseen_ids, ids)
            _check_highest(pair.probability)
            turn = turning_points(*pair, self._grid(part))
            if self.gammas[0] == 0:
                # At 0 the decision is the argmax, even if the exponentials
                # of two scores are equal.
                turn.clamp_(min=1)
            self._count_turns(turn, pair.winner, pair.rival, classes)
        self.num_images += 1

    def confusion(self, gamma: float) -> np.ndarray:
        """Return the (K, K) confusion matrix at a grid point, rows truth.

        Args:
            gamma: A value of the grid.

        Raises:
            ValueError: ``gamma`` is not on the grid.
        """
        index = self._index(gamma)
        matrix = self._odd[index].clone()
        seen, unseen = list(self.split.seen_ids), list(self.split.unseen_ids)
        matrix[:, seen] += self._counts[index + 1:, :, seen].sum(0)
        matrix[:, unseen] += self._counts[:index + 1, :, unseen].sum(0)
        return matrix[:-1].cpu().numpy()

    def at(self, gamma: float) -> Scores:
        """Return the scores record at a grid point.

        Args:
            gamma: A value of the grid.

        Returns:
            See :func:`zero_shot_scores`.

        Raises:
            ValueError: ``gamma`` is not on the grid.
        """
        return zero_shot_scores(
            self.confusion(gamma), self.split, self.absent)

    def table(self) -> list[GammaScores]:
        """Return the scores record of every grid point, with its ``gamma``."""
        return [
            {'gamma': gamma,
             **zero_shot_scores(matrix, self.split, self.absent)}
            for gamma, matrix in zip(self.gammas, self._matrices())
        ]

    def best(self) -> GammaScores:
        """Return the record of the highest hIoU, with its ``gamma``.

        Of equal ones the smallest gamma, which changes least.

        Raises:
            ValueError: no pixel of a seen, or none of an unseen class was
                counted.
        """
        rows = self.table()
        empty = self._empty_groups(rows[0])
        if empty:
            raise ValueError(
                'GammaCurve: no gamma is best, as the images counted hold no '
                f'pixel of {" or ".join(empty)} classes')
        return max(rows, key=itemgetter('hIoU'))

    def figures(self) -> JSONObject:
        """Return all of it for a file: every point, the best and the area.

        Raises:
            ValueError: see :meth:`best`.
        """
        best = self.best()
        return dict(
            split=self.split.name, unseen=list(self.split.unseen),
            images=self.num_images, gamma=best['gamma'], best=best,
            area=self.area(), table=self.table())

    def area(self) -> float:
        """Return the area under unseen over seen mIoU, in percent.

        Trapezoids between neighbouring grid points. The curve begins at the
        smallest gamma, as a rule the plain decision, and ends at the
        largest: what is outside, with all pixels decided as seen classes
        at its far end, is not counted, and a stretch where seen mIoU grows
        with gamma counts negatively. So the number says how much gamma can
        trade, not how good the model is: one that is always right and sure
        of it stays at a single point, with an area of 0.
        """
        rows = self.table()
        seen = np.array([row['seen']['mIoU'] for row in rows])
        unseen = np.array([row['unseen']['mIoU'] for row in rows])
        return float(-np.diff(seen) @ (unseen[1:] + unseen[:-1]) / 2 / 100)

    def _to(self, device: torch.device) -> None:
        self._counts = self._counts.to(device)
        self._odd = self._odd.to(device)

    def _count(self, scores: Tensor, truth: Tensor) -> None:
        """Add (K, P) probabilities with (P, ) true classes."""
        unseen_ids = torch.tensor(self.split.unseen_ids, device=truth.device)
        best, winner, odd = max_over_classes(scores)
        best_unseen, unseen, _ = max_over_classes(scores[unseen_ids])
        _check_highest(best)
        unseen = unseen_ids[unseen]
        turn = turning_points(best, winner, best_unseen, unseen,
                              self._grid(scores))
        if len(odd):
            self._count_odd(scores[:, odd], truth[odd])
            truth = truth.index_fill(0, odd, self.split.num_classes)
        self._count_turns(turn, winner, unseen, truth)

    def _count_turns(self, turn: Tensor, winner: Tensor, unseen: Tensor,
                     truth: Tensor) -> None:
        """Add pixels that turn from ``winner`` to ``unseen``, all (P, ).

        An unseen class that wins already wins at every gamma, and which seen
        class comes second does not matter.
        """
        is_unseen = torch.zeros(
            self.split.num_classes, dtype=torch.bool, device=truth.device)
        is_unseen[list(self.split.unseen_ids)] = True
        turn = turn.masked_fill(is_unseen[winner], 0)
        row = (turn * (self.split.num_classes + 1) + truth
               ) * self.split.num_classes
        counts, ones = self._counts.view(-1), torch.ones_like(row)
        # At turn 0 the winner is unseen: its one entry is the unseen one.
        counts.scatter_add_(0, row + unseen, ones)
        counts.scatter_add_(0, row + winner, (turn > 0).long())

    def _count_odd(self, scores: Tensor, truth: Tensor) -> None:
        """Count pixels at each gamma by itself."""
        seen = list(self.split.seen_ids)
        rows, columns = self._odd.shape[1:]
        for index, gamma in enumerate(self._grid(scores)):
            lowered = scores.clone()
            lowered[seen] -= gamma
            joint = truth * columns + lowered.argmax(0)
            self._odd[index] += torch.bincount(
                joint, minlength=rows * columns).view(rows, columns)

    def _grid(self, scores: Tensor) -> Tensor:
        return torch.tensor(
            self.gammas, dtype=scores.dtype, device=scores.device)

    def _matrices(self) -> np.ndarray:
        """Return (G, K, K): the confusion matrix of every grid point."""
        counts = self._counts.cpu().numpy()
        unseen = list(self.split.unseen_ids)
        seen = list(self.split.seen_ids)
        matrices = self._odd.cpu().numpy().copy()
        # A pixel that turns at point t is seen at the points below t.
        matrices[:, :, seen] += counts[:0:-1, :, seen].cumsum(0)[::-1]
        matrices[:, :, unseen] += counts[:-1, :, unseen].cumsum(0)
        return matrices[:, :-1]

    def _index(self, gamma: float) -> int:
        distance = np.abs(np.array(self.gammas) - gamma)
        index = int(distance.argmin())
        if not distance[index] <= 1e-9:
            raise ValueError(
                f'gamma {gamma!r} is not on the grid of this curve; the '
                f'nearest is {self.gammas[index]:.6g}. Pass gammas=[…] to '
                'GammaCurve for others')
        return index

    def _empty_groups(self, row: GammaScores) -> list[str]:
        # A class that is only predicted has an IoU, which is 0.
        return [group for group in ('seen', 'unseen')
                if np.isnan(cast(float, row[group]['PA']))]

    def _shaped(self, scores: Tensor | np.ndarray,
                label: Tensor | np.ndarray) -> tuple[Tensor, Tensor]:
        """Return (K, H, W) floats and (P, ) classes, K if not scored."""
        scores, label = torch.as_tensor(scores), torch.as_tensor(label)
        size = self.split.num_classes
        if scores.dim() != 3 or len(scores) != size:
            raise ValueError(
                f'scores must be ({size}, H, W) for split '
                f'{self.split.name!r}, got {tuple(scores.shape)}')
        if label.shape != scores.shape[1:]:
            raise ValueError(
                f'the label is {tuple(label.shape)} and the scores '
                f"{tuple(scores.shape)}: resize these to the label's size")
        if scores.dtype not in (torch.float32, torch.float64):
            scores = scores.float()
        return scores, self._scored(label.to(scores.device).flatten().long())

    def _competing(self, scores: Tensor) -> Tensor:
        """Put ignored classes, if one has a probability, below all others."""
        ignored = list(self.split.ignored_ids)
        if ignored and scores[ignored].any():
            scores = scores.clone()
            scores[ignored] = -2
        return scores

    def _scored(self, label: Tensor) -> Tensor:
        """Give pixels that are not scored the id K."""
        size = self.split.num_classes
        hidden = label == self.ignore_index
        strays = label[((label < 0) | (label >= size)) & ~hidden]
        if len(strays):
            raise ValueError(
                f'label id {int(strays[0])} is outside the {size} classes '
                f'of split {self.split.name!r}')
        for class_id in self.split.ignored_ids:
            hidden |= label == class_id
        return label.masked_fill(hidden, size)


def _check_highest(probabilities: Tensor) -> None:
    if not bool((probabilities <= 1.01).all()):
        raise ValueError(
            'probabilities hold NaN or values above 1: look at the model')


def _checked_grid(gammas: Sequence[float] | np.ndarray) -> tuple[float, ...]:
    grid = tuple(float(gamma) for gamma in gammas)
    if not grid:
        raise ValueError('gammas is empty: GammaCurve needs at least one')
    for gamma in grid:
        check_gamma(gamma)
    if any(b <= a for a, b in itertools.pairwise(grid)):
        raise ValueError(f'gammas must ascend without repetition, got {grid}')
    return grid


def _check_probabilities(scores: Tensor) -> None:
    """Look at every 64th pixel: logits and NaN show there, too."""
    some = scores[:, ::8, ::8]
    sums = some.sum(0)
    if bool(sums.isnan().any()):
        raise ValueError('probabilities hold NaN: look at the model')
    if some.numel() and not (bool((some >= 0).all()) and torch.allclose(
            sums, torch.ones_like(sums), atol=1e-2)):
        raise ValueError(
            'probabilities must be at least 0 and sum to 1 over the classes; '
            'for logits pass logits.softmax(0)')
