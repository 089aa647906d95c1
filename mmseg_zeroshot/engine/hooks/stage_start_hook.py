"""Where a training starts or goes on."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mmengine.hooks import CheckpointHook, Hook
from mmengine.runner import Runner
from mmseg.registry import HOOKS

from mmseg_zeroshot.utils.last_checkpoint import last_checkpoint

from .runner_access import is_training


@HOOKS.register_module()
class StageStartHook(Hook):
    """Let ``--resume`` go on with the run's own work.

    MMEngine takes ``load_from`` with ``resume`` as the checkpoint *to
    resume*. A training that starts from another one's checkpoint would go on
    at the last iteration of that one, and end at once. With this hook
    ``--resume`` means the same for every config: the run resumes the last
    whole checkpoint of its work dir, also where a kill has torn the newest
    one or MMEngine's note of it. If there is none yet, the run starts from
    ``load_from`` or anew.

    MMEngine removes an old checkpoint before it writes the next. Where a
    config keeps one alone, a kill in between would leave none, so two are
    kept.

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
        if is_training(runner):
            _keep_two(runner)
        if not (runner._resume and is_training(runner)):
            return
        own = last_checkpoint(Path(runner.work_dir), runner.logger.warning)
        if own is not None:
            runner._load_from = str(own)
            return
        runner._resume = False
        runner.logger.warning(
            f'There is nothing to resume in {runner.work_dir}: the training '
            'starts ' + (f'from {runner._load_from}' if runner._load_from
                         else 'anew'))

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


def _keep_two(runner: Runner) -> None:
    """Let no moment pass without a whole checkpoint, once there is one."""
    for hook in runner.hooks:
        if isinstance(hook, CheckpointHook) and hook.max_keep_ckpts == 1:
            hook.max_keep_ckpts = 2
            runner.logger.info(
                'StageStartHook: max_keep_ckpts is 2 instead of 1, since the '
                'old checkpoint is removed before the new one is written')
