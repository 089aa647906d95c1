"""Resuming a stage that starts from the checkpoint of an earlier one."""
from __future__ import annotations

from collections.abc import Sequence

from mmengine.hooks import Hook
from mmengine.runner import Runner, find_latest_checkpoint
from mmseg.registry import HOOKS

from .runner_access import is_training


@HOOKS.register_module()
class StageStartHook(Hook):
    """Let ``--resume`` go on with a stage whose config has ``load_from``.

    MMEngine takes ``load_from`` with ``resume`` as the checkpoint *to
    resume*. A later stage would go on at the last iteration of the stage
    that it starts from, and end at once. With this hook ``--resume`` means
    what it means elsewhere: the run resumes the latest checkpoint of the
    work dir. If there is none yet, the stage starts from ``load_from``.

    Args:
        restart: Parts that a stage trains anew. Their weights are not taken
            from ``load_from``. They have their names in that file, such as
            ``'decode_head.classifier'``, or ``'decode_head.conv_seg'`` in a
            plain network.

    Example:
        >>> load_from = 'work_dirs/stage0/iter_20000.pth'
        >>> custom_hooks = [dict(type='StageStartHook')]
    """

    priority = 'VERY_HIGH'

    def __init__(self, restart: Sequence[str] = ()) -> None:
        self.restart = tuple(restart)

    def before_run(self, runner: Runner) -> None:
        """Choose between the work dir's checkpoint and ``load_from``.

        Args:
            runner: The runner, which has loaded nothing yet.
        """
        if not (runner._resume and runner._load_from):
            return
        if find_latest_checkpoint(runner.work_dir):
            runner._load_from = None
        else:
            runner._resume = False

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Leave out what starts anew, unless the stage itself is resumed.

        Args:
            runner: The runner.
            checkpoint: What is about to be loaded.

        Raises:
            ValueError: The checkpoint has no weight of a part.
        """
        if runner._resume or not is_training(runner):
            return
        state = checkpoint.get('state_dict', checkpoint)
        for part in self.restart:
            keys = [key for key in state if key.startswith(f'{part}.')]
            if not keys:
                raise ValueError(
                    f'StageStartHook: restart={part!r}, but the checkpoint '
                    'has no such part; name a module of the network that '
                    'load_from holds, or leave restart out to go on from '
                    'all of it')
            for key in keys:
                del state[key]
