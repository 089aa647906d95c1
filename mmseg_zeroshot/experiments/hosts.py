"""Decode heads as hosts of another classifier."""
from __future__ import annotations

from mmseg_zeroshot.utils.typing_utils import ConfigType

from .mmseg_data import type_name


def without_outputs(head: ConfigType) -> ConfigType:
    """Return a head without its number of classes.

    A cross-entropy is averaged over labelled pixels: the number of pixels
    that a split hides must not change the learning rate.

    Args:
        head: Config of a decode head.
    """
    result = {key: value for key, value in head.items()
              if key not in ('num_classes', 'out_channels', 'threshold')}
    given = result.get('loss_decode', dict(type='CrossEntropyLoss'))
    losses = [_averaged(loss) for loss in
              (given if isinstance(given, list) else [given])]
    result['loss_decode'] = losses if isinstance(given, list) else losses[0]
    return result


def _averaged(loss: ConfigType) -> ConfigType:
    if type_name(loss) != 'CrossEntropyLoss':
        return loss
    return {**loss, 'avg_non_ignore': True}
