"""Models with their weights, with and without a runner."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from mmengine.config import Config
from mmengine.runner import Runner, load_state_dict
from mmseg.registry import MODELS

from mmseg_zeroshot.engine.hooks import ConsistencyHook
from mmseg_zeroshot.engine.hooks.consistency.checkpoint import (
    LoadingCheck,
    state_dict_of,
)
from mmseg_zeroshot.engine.hooks.runner_access import unwrapped
from mmseg_zeroshot.utils.checkpoints import read_checkpoint
from mmseg_zeroshot.utils.finite import check_weights
from mmseg_zeroshot.utils.typing_utils import Checkpoint

if TYPE_CHECKING:
    from mmseg.models import BaseSegmentor


class LoadedRunner(NamedTuple):
    """A runner whose model has its weights.

    Attributes:
        runner: The runner; its model is in eval mode.
        checkpoint: What was loaded, with ``meta`` beside the weights.
    """

    runner: Runner
    checkpoint: Checkpoint


def build_model(config: Config) -> BaseSegmentor:
    """Build a config's model, whose weights come from a checkpoint.

    Args:
        config: With ``model``. Its ``pretrained`` is left out, so that
            nothing is downloaded.

    Returns:
        The segmentor, without weights.
    """
    config.model.pop('pretrained', None)
    return MODELS.build(config.model)


def load_model(config: Config, checkpoint: str | os.PathLike) -> BaseSegmentor:
    """Build a config's model and load weights that a run of it has written.

    Args:
        config: With ``model``.
        checkpoint: File of the weights.

    Returns:
        The segmentor in eval mode, on the CPU.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        ValueError: It is no checkpoint, lacks weights of the model, or has
            weights that are not finite.
    """
    stored = read_checkpoint(checkpoint)
    model = build_model(config)
    LoadingCheck(model, stored, training=False)
    state = state_dict_of(stored)
    check_weights(state, checkpoint)
    load_state_dict(model, state, logger='silent')
    return model.eval()


def load_runner(config: Config, checkpoint: str) -> LoadedRunner:
    """Build a config's runner and load weights, checked by its hooks.

    A :class:`ConsistencyHook` checks the weights even if the config has none.

    Args:
        config: With model, data and ``work_dir``.
        checkpoint: File of the weights.

    Returns:
        The runner and the checkpoint.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        ValueError: It is no checkpoint, has weights that are not finite, or
            does not fit (see :class:`ConsistencyHook`).
    """
    # Before a model is built.
    if not os.path.isfile(checkpoint):
        raise FileNotFoundError(f'no such file: {checkpoint}')
    runner = Runner.from_cfg(config)
    if not any(isinstance(hook, ConsistencyHook) for hook in runner.hooks):
        runner.register_hook(ConsistencyHook())
    stored = read_checkpoint(checkpoint)
    runner.call_hook('after_load_checkpoint', checkpoint=stored)
    model = unwrapped(runner.model).eval()
    state = state_dict_of(stored)
    check_weights(state, checkpoint)
    load_state_dict(model, state, logger=runner.logger)
    runner.logger.info(f'Load checkpoint from {checkpoint}')
    return LoadedRunner(runner, stored)
