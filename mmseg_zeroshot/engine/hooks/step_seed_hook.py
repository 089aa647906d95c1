"""Seeds every step of a training by its number."""
from __future__ import annotations

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmseg.registry import HOOKS

from mmseg_zeroshot.utils.randomness import seed_generators

# Sets the streams of steps apart from others that the same seed gives.
_STEPS = 0x57


@HOOKS.register_module()
class StepSeedHook(Hook):
    """Make what a step draws depend on the seed and its number alone.

    Noise of a generator, dropout and drawn pixels come from generators that
    run on from step to step, and that validation and loading draw from, too:
    a resumed training would begin with those of its first step again. The
    hook seeds the generators of Python, NumPy, torch and the model's device
    before every step, once its batch is loaded. No state has to be kept, so
    any checkpoint will do, whatever wrote it.

    The processes of a distributed training draw alike, as MMEngine seeds
    them, or apart with its ``randomness=dict(diff_rank_seed=True)``.

    Example:
        >>> custom_hooks = [dict(type='StepSeedHook')]
    """

    priority = 'VERY_HIGH'

    def before_train_iter(self, runner: Runner, batch_idx: int,
                          data_batch: dict | None = None) -> None:
        """Seed all generators.

        Args:
            runner: The runner.
            batch_idx: Not used.
            data_batch: Not used.
        """
        seed = seed_generators(runner.seed, runner.iter, _STEPS)
        if next(runner.model.parameters()).device.type != 'cpu':
            torch.manual_seed(seed)
