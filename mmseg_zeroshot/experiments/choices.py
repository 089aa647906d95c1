"""Settings of a config that choose something by a score."""
from __future__ import annotations

from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigValue

from .mmseg_data import type_name

# Settings of CheckpointHook that make sense with save_best only.
_OF_BEST = ('save_best', 'rule', 'greater_keys', 'less_keys')


def without_choices(config: ConfigPart) -> tuple[dict, list, list]:
    """Return a config's hooks without choices by the score of all classes.

    Such a score has looked at labels of unseen classes, and
    :class:`ConsistencyHook` would stop the run.

    Args:
        config: The base config, plain dicts.

    Returns:
        ``default_hooks``, ``custom_hooks`` and a sentence for each setting
        that is left out.

    Raises:
        ValueError: A learning rate is chosen by such a score.
    """
    hooks = {name: dict(hook) if hook else hook
             for name, hook in (config.get('default_hooks') or {}).items()}
    custom = [dict(hook) for hook in config.get('custom_hooks') or []]
    notes = []
    for hook in [*filter(None, hooks.values()), *custom]:
        best = hook.get('save_best')
        if best:
            notes.append(f'save_best={best!r} is left out: it chooses by '
                         'labels of unseen classes')
            for key in _OF_BEST:
                hook.pop(key, None)
    stopping = [hook for hook in custom
                if type_name(hook) == 'EarlyStoppingHook' and _by_score(hook)]
    if stopping:
        notes.append('EarlyStoppingHook is left out: it chooses by labels of '
                     'unseen classes')
    _check_schedulers(config.get('param_scheduler'))
    return hooks, [h for h in custom if h not in stopping], notes


def _check_schedulers(given: ConfigValue) -> None:
    for scheduler in given if isinstance(given, list) else [given or {}]:
        if (type_name(scheduler).startswith('ReduceOnPlateau')
                and _by_score(scheduler)):
            raise ValueError(
                f'param_scheduler has a {type_name(scheduler)}, which sets '
                'the learning rate by a score with labels of unseen classes: '
                'use a schedule by iterations, such as PolyLR')


def _by_score(part: ConfigPart) -> bool:
    """Whether a monitor is not a loss of the training."""
    monitor = str(part.get('monitor', 'val/loss'))
    return 'loss' not in monitor or 'unseen' in monitor
