"""What the methods put in place of a classifier."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .base_data import type_name


@dataclass(frozen=True)
class Method:
    """A method's decode head on a host.

    Attributes:
        title: Its name in tables.
        head: Type of its decode head.
        idea: What it does, in a sentence, for the config's comments.
        loss: The host's loss; None keeps the base's.
        mode: How the training data leaves unseen classes out.
    """

    title: str
    head: str
    idea: str
    loss: str | None = None
    mode: str = 'ignore'


METHODS = {
    'spnet': Method(
        'SPNet', 'SemanticProjectionHead',
        'pixel features are projected to word vectors; a class\'s score is '
        'the inner product with its vector'),
    'zs3net': Method(
        'ZS3Net', 'GeneratorRetrainedHead',
        'a 1x1 classifier is retrained on features that a generator makes '
        'from word vectors', mode='drop'),
    'devise': Method(
        'DeViSE', 'DeViSEHead',
        'pixel features regress the class\'s word vector; the nearest by '
        'cosine is the class', loss='CosineLoss'),
    'ale': Method(
        'ALE', 'SemanticProjectionHead',
        'as SPNet, with a ranking loss in place of the cross-entropy',
        loss='ALELoss'),
}
"""Methods by the name that the command line takes."""


def host_of(head: dict[str, Any], loss: str | None) -> dict[str, Any]:
    """Return a base's decode head as a host.

    Args:
        head: The base's decode head.
        loss: Type of the loss to train with; None keeps the base's.
    """
    host = without_outputs(head)
    if loss is not None:
        host['loss_decode'] = dict(type=loss)
    return host


def without_outputs(head: dict[str, Any]) -> dict[str, Any]:
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


def _averaged(loss: dict[str, Any]) -> dict[str, Any]:
    if type_name(loss) != 'CrossEntropyLoss':
        return loss
    return {**loss, 'avg_non_ignore': True}
