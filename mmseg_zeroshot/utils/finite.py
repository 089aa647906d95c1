"""Weights that are NaN or infinite."""
from __future__ import annotations

import os
from collections.abc import Mapping

import torch
from torch import Tensor

from .typing_utils import ConfigValue


def not_finite(state: Mapping[str, ConfigValue]) -> list[str]:
    """Return the names of tensors with values that are NaN or infinite.

    Waits for the device once, unless there are such tensors.

    Args:
        state: Tensors by name; what is no tensor of floating-point numbers
            is left out.
    """
    values = {name: value for name, value in state.items()
              if isinstance(value, Tensor) and value.is_floating_point()}
    if not values:
        return []
    # A sum is ten times as fast, and what is not finite spoils it. It may
    # also overflow, so it accuses and does not judge.
    sums = torch.stack([value.sum(dtype=torch.float32)
                        for value in values.values()])
    if bool(sums.isfinite().all()):
        return []
    return [name for name, value in values.items()
            if not bool(value.isfinite().all())]


def check_weights(state: Mapping[str, ConfigValue],
                  path: str | os.PathLike) -> None:
    """Refuse weights that only give nonsense.

    Args:
        state: Weights by name.
        path: Their file, for the message.

    Raises:
        ValueError: One has values that are not finite.
    """
    bad = not_finite(state)
    if bad:
        more = f' (and {len(bad) - 1} more)' if len(bad) > 1 else ''
        raise ValueError(
            f'{path}: weight {bad[0]!r}{more} has values that are not '
            'finite, so that every prediction is wrong: name a checkpoint '
            'from before the training broke')
