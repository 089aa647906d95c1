"""Nothing in a training may be chosen by labels of unseen classes."""
from __future__ import annotations

import re
from collections.abc import Iterator

from mmengine.optim import _ParamScheduler
from mmengine.runner import Runner

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.semantics.supervision import Supervision

# A list of what is allowed: a metric that nobody thought of is refused.
_SEEN = re.compile(r'(^|/)seen_(PA|MA|mIoU)$')


def check_choices(runner: Runner, split: ClassSplit,
                  supervision: Supervision) -> None:
    """Refuse to choose a checkpoint or a rate by other than seen scores.

    That is ``save_best`` of ``CheckpointHook`` and ``monitor`` of
    ``EarlyStoppingHook`` and of ReduceOnPlateau schedulers; a monitor may
    also be a loss. Held-out validation classes stand in for unseen ones and
    may be used for every choice.

    Args:
        runner: The runner, its parameter schedulers built.
        split: The run's split.
        supervision: The run's; it may permit every choice.

    Raises:
        ValueError: with the hook or scheduler, its setting and the fix.
    """
    if (supervision.chooses_by_unseen or split.held_out
            or not split.unseen):
        return
    for owner, setting, name in _choices(runner):
        loss = (setting == 'monitor' and 'loss' in name
                and 'unseen' not in name)
        if not loss and _SEEN.search(name) is None:
            raise ValueError(
                f'ConsistencyHook: {type(owner).__name__} has '
                f'{setting}={name!r}, which may look at labels of unseen '
                f'classes; supervision={supervision.name!r} does not permit '
                f"that. Use {setting}='seen_mIoU' (or seen_PA, seen_MA) with "
                "rule='greater', or none")


def _choices(runner: Runner) -> Iterator[tuple[object, str, str]]:
    """Yield who chooses, by which setting, and the metric's name."""
    for hook in runner.hooks:
        for name in getattr(hook, 'save_best', None) or ():
            yield hook, 'save_best', name
    for owner in (*runner.hooks, *_schedulers(runner)):
        name = getattr(owner, 'monitor', None)
        if isinstance(name, str):
            yield owner, 'monitor', name


def _schedulers(runner: Runner) -> list[_ParamScheduler]:
    """Return all parameter schedulers, of one optimizer or of several."""
    given = getattr(runner, 'param_schedulers', None) or []
    groups = given.values() if isinstance(given, dict) else [given]
    return [scheduler for group in groups for scheduler in group]
