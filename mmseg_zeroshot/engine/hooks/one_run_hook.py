"""One training at a time in a work dir."""
from __future__ import annotations

import atexit
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

from mmengine.dist import broadcast_object_list, is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmseg.registry import HOOKS

from mmseg_zeroshot.utils.locks import LOCK, Locked, locked

from .runner_access import is_training

TRAINING_LOCK = f'.training{LOCK}'
"""In a work dir: held by the process that trains there."""


@HOOKS.register_module()
class OneRunHook(Hook):
    """Refuse a second training in the work dir of one that still runs.

    Both would write the same checkpoints and results, and the later one
    would win. The main process holds a lock of the work dir. It ends with
    the process, however that ends, so nothing has to be cleaned up after a
    kill. A process that trains several times, one after the other, keeps the
    work dir of a training that failed.

    Raises:
        Locked: Another process trains in the work dir; the message names its
            host, its number and when it began. All processes of a
            distributed training stop with it.

    Example:
        >>> default_hooks = dict(one_run=dict(type='OneRunHook'))
    """

    # Before anything is chosen, loaded or written.
    priority = 'VERY_HIGH'

    _held: ClassVar[dict[Path, ExitStack]] = {}

    def before_run(self, runner: Runner) -> None:
        """Take the lock, before the training loads or writes anything.

        Args:
            runner: The runner.
        """
        if not is_training(runner):
            return
        answer = [_take(runner, self._held) if is_main_process() else None]
        broadcast_object_list(answer)
        if answer[0]:
            raise Locked(answer[0])

    def after_run(self, runner: Runner) -> None:
        """Give the lock back.

        Args:
            runner: The runner.
        """
        held = self._held.pop(_folder(runner), None)
        if held is not None:
            held.close()


def _folder(runner: Runner) -> Path:
    return Path(runner.work_dir).resolve()


def _take(runner: Runner, held: dict[Path, ExitStack]) -> str | None:
    """Take the lock, or return who has it."""
    folder, stack = _folder(runner), ExitStack()
    if folder in held:
        return None
    try:
        stack.enter_context(locked(
            folder, f'trains in {folder}', 'wait for it, end it, or choose '
            'another --work-dir', name=TRAINING_LOCK,
            report=runner.logger.warning))
    except Locked as error:
        return str(error)
    held[folder] = stack
    atexit.register(stack.close)  # also where the training fails
    return None
