"""Keeps with a checkpoint what a training remembers beside its weights."""
from __future__ import annotations

from collections.abc import Iterator

from mmengine.dist import all_gather_object, get_rank, get_world_size
from mmengine.hooks import CheckpointHook, Hook
from mmengine.runner import Runner
from mmseg.registry import HOOKS

from mmseg_zeroshot.utils.run_state import HasRunState
from mmseg_zeroshot.utils.typing_utils import RunState

from .runner_access import unwrapped

KEY = 'run_state'
"""Key of a checkpoint that holds the states."""


@HOOKS.register_module()
class RunStateHook(Hook):
    """Let a resumed training go on with what the stopped one remembered.

    Checkpoints hold weights, optimizer, schedule and log. A module or a hook
    that remembers more (see :class:`HasRunState`), such as the vectors that
    recursive training judges in its next step, gets it back by this hook,
    in every process its own. The order of the images and their augmentations
    are not state: :class:`KeyedInfiniteSampler` and :class:`StepSeedHook`
    derive them from the seed.

    A training that is resumed with other processes or batches, or from a
    checkpoint without states, is not the same training. It goes on, and the
    log says what is not equal.

    Example:
        >>> custom_hooks = [dict(type='RunStateHook')]
    """

    # After all hooks that change their state, before the checkpoint's.
    priority = 'LOW'

    def __init__(self) -> None:
        self._gathered: tuple[int, list[dict[str, RunState]]] | None = None
        self._loaded: RunState | None = None

    def after_load_checkpoint(self, runner: Runner,
                              checkpoint: dict) -> None:
        """Take the states out of a checkpoint.

        Args:
            runner: The runner.
            checkpoint: The checkpoint.
        """
        self._loaded = checkpoint.get(KEY)

    def before_train(self, runner: Runner) -> None:
        """Give a resumed training its states.

        Args:
            runner: The runner.
        """
        loaded, self._loaded = self._loaded, None
        if not runner.iter:  # a new training, whatever it starts from
            return
        if loaded is None:
            runner.logger.warning(
                'RunStateHook: the checkpoint was written without this hook. '
                'The resumed run is not bit for bit what the uninterrupted '
                'one would have been.')
            return
        _load_sampler(runner, loaded['loading'])
        ranks = loaded['ranks']
        _load_states(runner, ranks[get_rank()]
                     if get_rank() < len(ranks) else {})

    def after_train_iter(self, runner: Runner, batch_idx: int,
                         data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        """Gather the states of all processes for a checkpoint.

        Only the main process gets to :meth:`before_save_checkpoint`.

        Args:
            runner: The runner.
            batch_idx: Not used.
            data_batch: Not used.
            outputs: Not used.
        """
        if get_world_size() > 1 and _is_saved(runner):
            self._gathered = runner.iter, all_gather_object(_states(runner))

    def before_save_checkpoint(self, runner: Runner,
                               checkpoint: dict) -> None:
        """Put the states into a checkpoint.

        Args:
            runner: The runner.
            checkpoint: What is about to be written.
        """
        iteration, ranks = self._gathered or (None, [])
        if iteration != runner.iter:
            ranks = [_states(runner)]
        checkpoint[KEY] = dict(loading=_loading(runner), ranks=ranks)


def _is_saved(runner: Runner) -> bool:
    """Say whether a checkpoint is due after this step."""
    return any(
        hook.every_n_train_iters(runner, hook.interval, hook.save_begin)
        or (hook.save_last and hook.is_last_train_iter(runner))
        for hook in runner.hooks if isinstance(hook, CheckpointHook))


def _stateful(runner: Runner) -> Iterator[tuple[str, HasRunState]]:
    """Yield modules and hooks with a state, by name."""
    for name, module in unwrapped(runner.model).named_modules():
        if isinstance(module, HasRunState):
            yield name, module
    for hook in runner.hooks:
        if isinstance(hook, HasRunState):
            yield type(hook).__name__, hook


def _states(runner: Runner) -> dict[str, RunState]:
    found = {name: part.run_state() for name, part in _stateful(runner)}
    return {name: state for name, state in found.items() if state}


def _load_states(runner: Runner, states: dict[str, RunState]) -> None:
    """Give every part its state; say where a part or a state is missing."""
    parts = {name: part for name, part in _stateful(runner)
             if name in states or part.run_state()}
    for name in sorted(parts.keys() | states.keys()):
        if name in parts and name in states:
            parts[name].load_run_state(states[name])
        else:
            runner.logger.warning(
                f'RunStateHook: {name} '
                + ('starts anew: the checkpoint has no state of it in this '
                   'process' if name in parts else
                   'has a state in the checkpoint, and this run has no such '
                   'part')
                + '. The run is not bit for bit the uninterrupted one.')


def _loading(runner: Runner) -> RunState:
    """Return what decides which samples a step trains on."""
    loader = runner.train_dataloader
    sampler = getattr(loader.batch_sampler, 'sampler', loader.sampler)
    return dict(
        processes=get_world_size(), batch_size=loader.batch_size,
        sampler=type(sampler).__name__, seed=getattr(sampler, 'seed', None))


def _load_sampler(runner: Runner, loaded: RunState) -> None:
    """Go on with the sampler's seed; say what else is not as before."""
    now = _loading(runner)
    if now['seed'] != loaded['seed']:
        # Without a seed in the config, MMEngine draws one at every start and
        # takes that of the checkpoint back: too late for the sampler.
        runner.train_dataloader.sampler.seed = now['seed'] = loaded['seed']
    changed = [f'{key} was {loaded[key]} and is {now[key]}' for key in now
               if now[key] != loaded[key]]
    if changed:
        runner.logger.warning(
            f'RunStateHook: {", ".join(changed)}. From here on the run draws '
            'other images or augmentations than the uninterrupted one.')
