"""The generators that Python, NumPy and torch share, seeded by numbers."""
from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def seed_generators(*key: int) -> int:
    """Seed Python's, NumPy's and torch's CPU generators.

    Args:
        key: Whole numbers >= 0. Other numbers give independent streams.

    Returns:
        The seed that the key became, below 2**32.
    """
    seed = int(np.random.SeedSequence(key).generate_state(1)[0])
    random.seed(seed)
    np.random.seed(seed)
    # `torch.manual_seed` would seed every device, too, which is slow where
    # none is in use.
    torch.default_generator.manual_seed(seed)
    return seed


@contextmanager
def kept_generators() -> Iterator[None]:
    """Restore the states of Python's, NumPy's and torch's CPU generators."""
    state = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(state[0])
        np.random.set_state(state[1])
        torch.set_rng_state(state[2])


@contextmanager
def fixed_randomness(*key: int) -> Iterator[None]:
    """Seed the generators, and restore their states at the end.

    Args:
        key: See :func:`seed_generators`.
    """
    with kept_generators():
        seed_generators(*key)
        yield
