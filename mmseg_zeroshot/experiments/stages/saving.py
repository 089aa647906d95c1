"""How often a training saves a checkpoint."""
from __future__ import annotations

from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigType

PARTS = 10
"""A training saves at least so many checkpoints, whatever its length."""


def longest_interval(length: int) -> int:
    """Return the longest interval between two checkpoints.

    Args:
        length: Iterations or epochs of the training.
    """
    return max(1, length // PARTS)


def frequent_checkpoints(config: ConfigPart) -> ConfigType:
    """Return the change that lets a kill cost a tenth of a training at most.

    Args:
        config: A config, or its ``train_cfg`` and ``default_hooks``.

    Returns:
        An interval of ``CheckpointHook``; nothing where it is short enough,
        or where the config leaves the hook or the length to MMEngine.
    """
    hook = (config.get('default_hooks') or {}).get('checkpoint') or {}
    unit = 'max_epochs' if hook.get('by_epoch', True) else 'max_iters'
    length = (config.get('train_cfg') or {}).get(unit)
    if not (hook and length):
        return {}
    most = longest_interval(length)
    if 0 < hook.get('interval', -1) <= most:
        return {}
    return dict(default_hooks=dict(checkpoint=dict(interval=most)))
