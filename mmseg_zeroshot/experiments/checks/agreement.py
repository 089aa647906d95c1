"""Head, data, hooks and schedule of each step, as its hooks will see them."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

from mmseg_zeroshot.engine.hooks.consistency.choices import check_choices
from mmseg_zeroshot.engine.hooks.consistency.data import (
    check_layouts,
    check_mode,
    check_same,
)
from mmseg_zeroshot.engine.hooks.runner_access import (
    run_supervision,
    zero_shot_head,
)
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.semantics.supervision import Supervision
from mmseg_zeroshot.utils.typing_utils import ConfigPart

from .data_sets import IMAGES
from .finding import Finding
from .networks import Networks
from .runner_parts import RunnerParts
from .subject import Subject, at, data_split

if TYPE_CHECKING:
    from mmseg.models.decode_heads.decode_head import BaseDecodeHead

_LOOPS = dict(zip(IMAGES, ('train', 'val', 'test', 'train')))
Question = tuple[str, Callable[[], None]]
"""A config key, and what raises a ValueError if something does not fit."""


def check_agreement(subject: Subject, networks: Networks,
                    parts: RunnerParts) -> list[Finding]:
    """Ask of each step what its hooks would ask before a run.

    Args:
        subject: What is checked.
        networks: The models.
        parts: The hooks.

    Returns:
        What does not fit together, each once.
    """
    problems: dict[tuple[str, str], list[str]] = {}
    for name, config in subject.configs.items():
        model = networks.by_step.get(name)
        head = None if model is None else zero_shot_head(model)
        for key, question in _questions(config, head, parts.by_step[name]):
            try:
                question()
            except ValueError as error:
                problems.setdefault((key, str(error)), []).append(name)
    return [Finding('error', subject.place(steps, key),
                    message.removeprefix('ConsistencyHook: ').rstrip('.'),
                    'change what the experiment says about this key')
            for (key, message), steps in problems.items()]


def _questions(config: ConfigPart, head: BaseDecodeHead | None,
               runner: SimpleNamespace) -> Iterator[Question]:
    supervision = run_supervision(runner)
    split = getattr(head, 'split', None)
    for key in IMAGES:
        dataset = at(config, [key, 'dataset'])
        found = data_split(dataset)
        if found is not None:
            split = split or found
            yield from _of_data(key, dataset, found, split, supervision)
    if config.get('train_cfg') and split:
        yield 'default_hooks', partial(check_choices, runner, split,
                                       supervision)
    recursion = getattr(head, 'recursion', None)
    length = at(config, ['train_cfg', 'max_iters'])
    if recursion is not None and isinstance(length, int):
        yield ('model.decode_head.recursion.start',
               partial(recursion.check_schedule, length))


def _of_data(key: str, dataset: ConfigPart, split: ClassSplit,
             of_head: ClassSplit,
             supervision: Supervision) -> Iterator[Question]:
    place = f'{key}.dataset'
    yield place, partial(check_same, ('model.decode_head', of_head),
                         (place, split), supervision)
    # A bank and its data set are of one mode, which the bank's step says.
    yield f'{place}.mode', partial(
        check_mode, _LOOPS[key], dict(split_mode=dataset.get('mode')), split,
        supervision)
    shown = dataset.get('layouts', 'strict') != 'strict'
    yield f'{place}.layouts', partial(
        check_layouts, dict(layouts='label maps') if shown else {},
        supervision)
