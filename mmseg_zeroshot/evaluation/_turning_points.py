"""Best classes, and the gammas at which a decision turns.

The decision is ``argmax_c p(c) - gamma [c is seen]`` (SPNet, eq. 5).
"""
from __future__ import annotations

import torch
from torch import Tensor


def turning_points(seen_best: Tensor, seen_id: Tensor, unseen_best: Tensor,
                   unseen_id: Tensor, grid: Tensor) -> Tensor:
    """Count the grid points at which the seen class wins.

    With s and u the best probabilities and fl() rounding, it wins at gamma
    where ``fl(s - gamma) > u``, or where both are equal and its id is the
    lower one, as in ``argmax``. There is no float between u and the
    number just below it, pred(u), so both cases are one comparison::

        fl(s - gamma) > needed,   needed = pred(u) if seen_id < unseen_id
                                           else u.

    Rounding keeps the order of numbers: fl(s - gamma) never rises with
    gamma, and the wins are the first t points of the grid. So t is the one
    number with a win at point t - 1 and none at point t. The search starts at
    the number of points below fl(s - u), which rounding leaves a few points
    off at most, and moves one point at a time: up where point t is a win,
    down where point t - 1 is none. Both cannot be, and where neither is, t
    is found.

    Args:
        seen_best: (P, ) highest probability of a seen class.
        seen_id: (P, ) its class.
        unseen_best: (P, ) highest probability of an unseen class.
        unseen_id: (P, ) its class.
        grid: (G, ) ascending gammas, of the probabilities' type.

    Returns:
        (P, ) int64 in 0 … G.
    """
    needed = torch.where(
        seen_id < unseen_id,
        torch.nextafter(unseen_best, unseen_best.new_full((), -1)),
        unseen_best)
    last = len(grid) - 1
    turn = _first_guess(seen_best - unseen_best, grid)
    while True:
        up = (turn <= last) & (
            seen_best - grid[turn.clamp(max=last)] > needed)
        down = (turn > 0) & ~(
            seen_best - grid[(turn - 1).clamp(min=0)] > needed)
        step = up.long() - down.long()
        if not step.any():
            return turn
        turn += step


def _first_guess(difference: Tensor, grid: Tensor) -> Tensor:
    """Count the grid points below a difference, give or take rounding."""
    steps = grid.diff()
    if len(steps) and torch.allclose(steps, steps[0], atol=1e-6):
        guess = ((difference - grid[0]) / steps[0]).ceil()
        return guess.clamp(0, len(grid)).long()
    return torch.searchsorted(grid, difference)


def max_over_classes(scores: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the highest score of each pixel and the lowest class id of it.

    As ``scores.max(0)``, but faster on a CPU, where PyTorch does not
    vectorise a reduction that tracks indices. It also finds near ties:
    pixels where a class of lower id has the next smaller float. When gamma
    is taken off both they may become equal, and then ``argmax`` prefers the
    lower id.

    Floats further apart stay apart. Let e be the spacing of floats just
    below the highest score v, so the next smaller one is v - e. Around a
    difference in [0, v) floats are at most e apart, so rounding moves it by
    e / 2 at most. Two scores that are 2 e apart or more cannot meet. All
    but v - e are so far below v, with one exception: where v - e is a power
    of two, floats below it are e / 2 apart, and the next one is v - 1.5 e.
    Its difference moves by e / 4 at most, which leaves 3/4 e between the two.

    Args:
        scores: (K, P), at least 0 where they win.

    Returns:
        (P, ) values, (P, ) int64 ids and the indices of the near ties.
    """
    size = len(scores)
    values = scores.amax(0)
    nearly = scores >= torch.nextafter(values, values.new_full((), -1))
    # The largest weight is that of the lowest id.
    kind = torch.uint8 if size < 256 else torch.int32
    weights = torch.arange(
        size, 0, -1, dtype=kind, device=scores.device)[:, None]
    ids = size - (nearly.view(torch.uint8) * weights).amax(0).long()
    ids.clamp_(max=size - 1)  # NaN
    near = (scores.gather(0, ids[None])[0] != values).nonzero().flatten()
    if len(near):
        ids[near] = scores[:, near].argmax(0)
    return values, ids, near
