"""The networks of all steps, built without weights and without memory."""
from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from mmseg.registry import MODELS
from torch import nn
from torch.overrides import TorchFunctionMode

from mmseg_zeroshot.semantics import ClassEmbeddings, build_split

from .building import Failures, build_part
from .finding import Finding
from .subject import Subject, at

_FILLED = frozenset((torch.empty, torch.zeros, torch.ones, torch.rand,
                     torch.randn, torch.full))


class WithoutMemory(TorchFunctionMode):
    """Makes weights on the meta device, where they have no values.

    What constructors compute with, such as ``torch.linspace``, stays real.
    """

    def __torch_function__(self, func: Callable, types: Any, args: Any = (),
                           kwargs: Mapping[str, Any] | None = None) -> Any:
        """Redirect the functions that make weights."""
        given = dict(kwargs or {})
        if func in _FILLED and given.get('device') is None:
            given['device'] = 'meta'
        return func(*args, **given)


class Networks:
    """The models of the steps, each different one built once.

    Args:
        subject: What is checked.
        words: Whether the experiment's words have a vector for every class;
            else others stand in for them, so that all the rest is checked.

    Attributes:
        by_step: Models by step, of those that can be built.
        count: How many are different.
        findings: What cannot be built.
    """

    def __init__(self, subject: Subject, words: bool = True) -> None:
        self.by_step: dict[str, nn.Module] = {}
        self.count = 0
        failures = Failures()
        for steps, config in subject.parts('model'):
            self._build(steps, config, words, failures)
        self.findings: list[Finding] = failures.findings(subject)

    def _build(self, steps: Sequence[str], config: Any, words: bool,
               failures: Failures) -> None:
        given = config if words else with_other_words(config)
        model, failed = build_part(lambda: build_network(given), 'model',
                                   config)
        if failed:
            failures.add(steps, failed)
            return
        self.count += 1
        self.by_step.update(dict.fromkeys(steps, model))


def build_network(config: Mapping[str, Any]) -> nn.Module:
    """Build a model that has no weights.

    Nothing is read or downloaded: weights are loaded by ``init_weights``,
    which is not called.

    Args:
        config: The key ``model``.
    """
    try:
        with WithoutMemory():
            return MODELS.build(copy.deepcopy(dict(config)))
    except (NotImplementedError, RuntimeError):
        # A constructor that computes with its weights needs real ones.
        return MODELS.build(copy.deepcopy(dict(config)))


def with_other_words(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model's config with vectors for all classes.

    Args:
        config: The key ``model``.
    """
    head = at(config, ['decode_head'])
    if not isinstance(head, Mapping) or 'embeddings' not in head:
        return dict(config)
    classes = build_split(head['split']).classes
    table = ClassEmbeddings(classes, np.eye(len(classes)) + 1)
    return dict(config, decode_head=dict(head, embeddings=table))


def parameter_bytes(model: nn.Module, *, trained: bool = False) -> int:
    """Return the size of a model's weights.

    Args:
        model: The model.
        trained: Whether only those that a training changes count.
    """
    return sum(p.numel() * p.element_size() for p in model.parameters()
               if p.requires_grad or not trained)
