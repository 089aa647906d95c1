"""What a step draws depends on the seed and its number alone."""
import random
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from mmseg_zeroshot.engine import StepSeedHook


def drawn(seed=0, step=5, consumed=0):
    model = torch.nn.Linear(1, 1)
    np.random.rand(consumed)
    torch.rand(consumed)
    hook = StepSeedHook()
    hook.before_train_iter(
        SimpleNamespace(seed=seed, iter=step, model=model), batch_idx=0)
    return random.random(), np.random.rand(), float(torch.rand(1))


def test_what_was_drawn_before_does_not_count():
    assert drawn(consumed=3) == drawn(consumed=7)


@pytest.mark.parametrize('changed', [dict(seed=1), dict(step=6)])
def test_seed_and_step_do(changed):
    assert not set(drawn()) & set(drawn(**changed))
