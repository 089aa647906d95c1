"""The networks of all steps, built without weights and without memory."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from mmseg.registry import MODELS
from torch import nn
from torch.overrides import TorchFunctionMode

from mmseg_zeroshot.semantics import ClassEmbeddings, build_split
from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    ConfigValue,
)

from .building import Failures, as_config, build_part
from .finding import Finding
from .subject import Subject, at
from .words import Words

_FILLED = frozenset((torch.empty, torch.zeros, torch.ones, torch.rand,
                     torch.randn, torch.full))


class WithoutMemory(TorchFunctionMode):
    """Makes weights on the meta device, where they have no values.

    What constructors compute with, such as ``torch.linspace``, stays real.
    """

    def __torch_function__(self, func: Callable, types: tuple,
                           args: tuple = (),
                           kwargs: Mapping[str, Any] | None = None) -> object:
        """Redirect the functions that make weights."""
        given = dict(kwargs or {})
        if func in _FILLED and given.get('device') is None:
            given['device'] = 'meta'
        return func(*args, **given)


class Networks:
    """The models of the steps, each different one built once.

    Args:
        subject: What is checked.
        words: What was found about the words. Others of their width stand
            in for incomplete ones, so that all the rest is checked.

    Attributes:
        by_step: Models by step, of those that can be built.
        count: How many are different.
        findings: What cannot be built.
    """

    def __init__(self, subject: Subject, words: Words) -> None:
        self.by_step: dict[str, nn.Module] = {}
        self.count = 0
        failures = Failures()
        for steps, config in subject.parts('model'):
            self._build(steps, config, words, failures)
        self.findings: list[Finding] = failures.findings(subject)

    def _build(self, steps: Sequence[str], config: ConfigValue, words: Words,
               failures: Failures) -> None:
        given = config
        if not words.complete and at(config, ['decode_head', 'embeddings']):
            if not words.width:
                return  # nobody knows how wide the head's layers are
            given = with_other_words(config, words.width)
        model, failed = build_part(lambda: build_network(given), 'model',
                                   given)
        if failed:
            failures.add(steps, failed)
            return
        self.count += 1
        self.by_step.update(dict.fromkeys(steps, model))


def build_network(config: ConfigPart) -> nn.Module:
    """Build a model that has no weights.

    Nothing is read or downloaded: weights are loaded by ``init_weights``,
    which is not called.

    Args:
        config: The key ``model``.
    """
    try:
        with WithoutMemory():
            return MODELS.build(as_config(config))
    except (NotImplementedError, RuntimeError):
        # A constructor that computes with its weights needs real ones.
        return MODELS.build(as_config(config))


def with_other_words(config: ConfigPart, width: int) -> ConfigType:
    """Return a model's config with random vectors for all classes.

    Args:
        config: The key ``model``, of a zero-shot head.
        width: Of a vector.
    """
    head = config['decode_head']
    classes = build_split(head['split']).classes
    vectors = np.random.default_rng(0).normal(size=(len(classes), width))
    table = ClassEmbeddings(classes, vectors)
    return dict(config, decode_head=dict(head, embeddings=table))


def parameter_bytes(model: nn.Module, *, trained: bool = False) -> int:
    """Return the size of a model's weights.

    Args:
        model: The model.
        trained: Whether only those that a training changes count.
    """
    return sum(p.numel() * p.element_size() for p in model.parameters()
               if p.requires_grad or not trained)
