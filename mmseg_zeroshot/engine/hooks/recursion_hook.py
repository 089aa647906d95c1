"""Checks the schedule of recursive training and shows what it selects."""
from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmseg.registry import HOOKS

from mmseg_zeroshot.utils.tables import text_table
from mmseg_zeroshot.utils.typing_utils import RunState

from .runner_access import zero_shot_head

if TYPE_CHECKING:
    from mmseg.models.decode_heads.decode_head import BaseDecodeHead

# Shares of the judged vectors that make recursion do nothing, or select
# nothing: beyond them the run is warned of.
_NONE, _ALL = .001, .999


@HOOKS.register_module()
class RecursionHook(Hook):
    """Show whether recursive training does anything.

    The hook refuses a recursion that would never begin. During training it
    gives MMEngine's log and visualizer two numbers for each unseen class,
    averaged over the interval: ``selected/<class>``, the pseudo-labels per
    step, and ``confidence/<class>``, their mean confidence, which a class
    without pseudo-labels lacks. The training ends with a table of the run
    from the start of recursion, and a warning where the run selected
    next to nothing or next to everything. In distributed training the
    numbers are those of the main process.

    Args:
        interval: Iterations between two entries of the log; give it that
            of ``LoggerHook``.

    Raises:
        ValueError: ``interval`` is below 1; and before the training: the
            model has no recursion, or its start is beyond the last
            iteration.

    Example:
        >>> custom_hooks = [dict(type='RecursionHook')]
    """

    def __init__(self, interval: int = 50) -> None:
        if interval < 1:
            raise ValueError(f'RecursionHook: interval={interval!r} must be '
                             'at least 1')
        self.interval = interval
        self._totals: dict[str, list[float]] = {}
        self._steps = 0

    def before_train(self, runner: Runner) -> None:
        """Compare the recursion with the run's length.

        Args:
            runner: The runner.
        """
        recursion = getattr(self._head(runner), 'recursion', None)
        if recursion is None:
            raise ValueError(
                'RecursionHook: model.decode_head has no recursion; set '
                "recursion=dict(type='ZSMMDLoss', …) of a "
                'GeneratorRetrainedHead, or leave the hook out')
        recursion.check_schedule(runner.max_iters)

    def after_train_iter(self, runner: Runner, batch_idx: int,
                         data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        """Give the log what the last interval selected.

        Args:
            runner: The runner.
            batch_idx: Not used.
            data_batch: Not used.
            outputs: Not used.
        """
        if self.every_n_train_iters(runner, self.interval):
            self._collect(runner)

    def after_train(self, runner: Runner) -> None:
        """Show what the whole training selected.

        Args:
            runner: The runner.
        """
        self._collect(runner)
        if not self._steps:
            return
        rows = [['class', 'judged', 'selected', 'share', 'confidence']]
        for name, (offered, selected, confidence) in self._totals.items():
            rows.append([
                name, f'{offered / self._steps:.1f}',
                f'{selected / self._steps:.1f}',
                f'{100 * selected / offered:.1f} %',
                f'{confidence / selected:.3f}' if selected else '-'])
        runner.logger.info(
            f'Recursion, per step, over {self._steps} steps:\n'
            + text_table(rows))
        self._warn(runner)

    def run_state(self) -> RunState:
        """Return the run's totals, for a resumed training to add to."""
        return dict(totals=copy.deepcopy(self._totals), steps=self._steps)

    def load_run_state(self, state: RunState) -> None:
        """Go on from the totals of the run so far.

        Args:
            state: What :meth:`run_state` returned.
        """
        self._totals, self._steps = state['totals'], state['steps']

    def _head(self, runner: Runner) -> BaseDecodeHead:
        return zero_shot_head(runner.model)

    def _collect(self, runner: Runner) -> None:
        """Move the head's totals to the log and to the run's totals."""
        head = self._head(runner)
        entries = head.selection.pop()
        for entry in entries:
            name = head.split.classes[entry.class_id]
            runner.message_hub.update_scalar(
                f'train/selected/{name}', entry.selected / entry.steps)
            if entry.confidence is not None:
                runner.message_hub.update_scalar(
                    f'train/confidence/{name}', entry.confidence)
            sums = self._totals.setdefault(name, [0., 0., 0.])
            added = (entry.offered, entry.selected,
                     entry.selected * (entry.confidence or 0.))
            sums[:] = [a + b for a, b in zip(sums, added)]
        self._steps += entries[0].steps if entries else 0

    def _warn(self, runner: Runner) -> None:
        """Name the classes of which nothing or everything was selected."""
        recursion = self._head(runner).recursion
        if recursion.weighting == 'equal':  # selects all by design
            return
        shares = {name: selected / offered
                  for name, (offered, selected, _) in self._totals.items()}
        none = [name for name, share in shares.items() if share < _NONE]
        every = [name for name, share in shares.items() if share > _ALL]
        if none:
            runner.logger.warning(
                f'Recursion selected next to nothing of {", ".join(none)} '
                f'(tau={recursion.tau:g}): it does not change how they are '
                'generated. A smaller tau, a later start or a larger '
                'unseen_prior selects more.')
        if every:
            runner.logger.warning(
                f'Recursion selected next to all of {", ".join(every)} '
                f'(tau={recursion.tau:g}): tau chooses nothing there.')
