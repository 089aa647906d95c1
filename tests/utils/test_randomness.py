"""Keys become streams, and the streams before come back."""
import random

import numpy as np
import torch

from mmseg_zeroshot.utils.randomness import fixed_randomness, seed_generators


def draw() -> tuple[float, float, float]:
    return random.random(), np.random.rand(), float(torch.rand(1))


def fixed(*key: int) -> tuple[float, float, float]:
    with fixed_randomness(*key):
        return draw()


def test_every_number_of_a_key_counts():
    assert fixed(0, 5, 1) == fixed(0, 5, 1)
    assert not set(fixed(0, 5, 1)) & set(fixed(0, 5, 2))
    assert not set(fixed(0, 5)) & set(fixed(5, 0))


def test_the_streams_before_come_back():
    seed_generators(1)
    wanted = draw()
    seed_generators(1)
    try:
        with fixed_randomness(2):
            draw()
            raise KeyError
    except KeyError:
        pass
    assert draw() == wanted
