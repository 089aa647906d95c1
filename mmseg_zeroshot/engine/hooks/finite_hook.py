"""Ends a training whose numbers are not finite any more."""
from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mmengine.dist import all_gather_object, get_world_size
from mmengine.hooks import CheckpointHook, Hook
from mmengine.runner import Runner
from mmseg.registry import HOOKS
from torch import Tensor, nn

from mmseg_zeroshot.utils.finite import not_finite
from mmseg_zeroshot.utils.last_checkpoint import last_checkpoint
from mmseg_zeroshot.utils.typing_utils import ConfigValue

from .runner_access import head_split, is_training, unwrapped


@HOOKS.register_module()
class FiniteHook(Hook):
    """Stop a training at its first loss or weight that is NaN or infinite.

    MMEngine would go on to the end: it would replace good checkpoints by
    broken ones and score a network whose every pixel is class 0. With this
    hook the training ends with an error, and every checkpoint that it has
    saved is finite.

    A loss is looked at in every iteration. Weights and batch-norm statistics
    are looked at every ``interval`` iterations, before a checkpoint is saved
    or an old one removed, before a validation and at the end. Only these
    wait for the device: of losses MMEngine has read the values already.
    The optimizer's numbers are looked at before a checkpoint is saved.
    Gradients are not looked at, so a step that a ``GradScaler`` skips is no
    error. In distributed training all processes stop together, at the next
    of these points.

    Args:
        interval: Iterations between two looks at the weights; give it that
            of ``LoggerHook``.

    Raises:
        ValueError: ``interval`` is below 1.
        RuntimeError: Something is not finite; the message names iteration,
            loss or weight and, where it is known, the class.

    Example:
        >>> default_hooks = dict(finite=dict(type='FiniteHook'))
    """

    # After RuntimeInfoHook, which reads the losses, and before all that
    # write anything.
    priority = 'HIGH'

    def __init__(self, interval: int = 50) -> None:
        if interval < 1:
            raise ValueError(
                f'FiniteHook: interval={interval!r} must be at least 1')
        self.interval = interval
        self._fault: str | None = None

    def before_train(self, runner: Runner) -> None:
        """Look at the weights that the training starts from.

        Args:
            runner: The runner.
        """
        self._fault = _fault_of_weights(
            runner.model, unwrapped(runner.model).state_dict())
        if self._fault:
            raise RuntimeError(
                f'FiniteHook: {self._fault}, where the training starts: '
                f'load_from={runner._load_from!r} or what initialises the '
                'model is broken; name another checkpoint')

    def after_train_iter(self, runner: Runner, batch_idx: int,
                         data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        """Look at the losses, and now and then at the weights.

        Args:
            runner: The runner.
            batch_idx: Not used.
            data_batch: Not used.
            outputs: The losses by name.
        """
        if self._fault is None:
            self._fault = _fault_of_losses(runner, outputs or {})
        # Others would wait for a process that stops alone.
        alone = get_world_size() == 1
        if (self._fault and alone) or self._is_due(runner):
            self._look(runner, runner.iter + 1)

    def after_train_epoch(self, runner: Runner) -> None:
        """Look at the weights before they are saved.

        Args:
            runner: The runner.
        """
        self._look(runner, runner.iter)

    def before_val(self, runner: Runner) -> None:
        """Look at the weights that are to be scored.

        Args:
            runner: The runner.
        """
        if is_training(runner):
            self._look(runner, runner.iter)

    def before_save_checkpoint(self, runner: Runner,
                               checkpoint: dict) -> None:
        """Refuse to save weights that are not finite, whoever asks for it.

        Args:
            runner: The runner.
            checkpoint: What is to be saved.
        """
        fault = (_fault_of_weights(runner.model, checkpoint['state_dict'])
                 or _fault_of_optimizer(checkpoint.get('optimizer')))
        if fault:
            _stop(runner, f'{fault} after iteration '
                  f'{checkpoint["meta"]["iter"]}')

    def _is_due(self, runner: Runner) -> bool:
        return (self.every_n_train_iters(runner, self.interval)
                or self.is_last_train_iter(runner)
                or any(_saves(hook, runner) for hook in runner.hooks
                       if isinstance(hook, CheckpointHook)))

    def _look(self, runner: Runner, iteration: int) -> None:
        """Stop all processes if one has found something."""
        fault = self._fault
        if fault is None:
            fault = _fault_of_weights(runner.model,
                                      _trained(runner.model))
            fault = fault and f'{fault} after iteration {iteration}'
        found = next(filter(None, all_gather_object(fault)), None)
        if found:
            _stop(runner, found)


def _saves(hook: CheckpointHook, runner: Runner) -> bool:
    """Whether a hook saves after this iteration, and removes before it."""
    return not hook.by_epoch and hook.every_n_train_iters(
        runner, hook.interval, hook.save_begin)


def _fault_of_losses(runner: Runner, outputs: dict) -> str | None:
    """Say which loss of this iteration is not finite, if one is."""
    logged = runner.message_hub.log_scalars
    values = {key: logged[f'train/{key}'].current() for key in outputs
              if 'loss' in key}
    bad = [key for key, value in values.items() if not math.isfinite(value)]
    if not bad:
        return None
    # The sum 'loss' says less than the part that spoils it.
    key = next((key for key in bad if key != 'loss'), 'loss')
    return (f'{key!r} is {values[key]} in iteration {runner.iter + 1}'
            + _named(runner.model, _classes_of_loss(runner.model, key)))


def _classes_of_loss(model: nn.Module, key: str) -> Iterator[int]:
    """Yield the classes whose part of a loss is not finite.

    A module may keep ``class_losses``: by name of a loss, pairs of class ids
    (B, ) and their values (B, ) in the last iteration.
    """
    name = key.rpartition('.')[2]
    for module in model.modules():
        parts = getattr(module, 'class_losses', {}).get(name, ())
        for class_ids, values in parts:
            yield from class_ids[~values.isfinite()].tolist()


def _trained(model: nn.Module) -> dict[str, Tensor]:
    """Return what a checkpoint would hold and a training may change."""
    model = unwrapped(model)
    frozen = {name for name, weight in model.named_parameters()
              if not weight.requires_grad}
    return {name: value for name, value in model.state_dict().items()
            if name not in frozen}


def _fault_of_weights(model: nn.Module,
                      state: dict[str, Tensor]) -> str | None:
    """Say which weight or statistic is not finite, if one is."""
    bad = not_finite(state)
    if not bad:
        return None
    more = f' (and {len(bad) - 1} more)' if len(bad) > 1 else ''
    return (f'weight {bad[0]!r}{more}'
            + _named(model, _classes_of_weight(model, bad[0],
                                               state[bad[0]]))
            + ' has values that are not finite')


def _fault_of_optimizer(state: ConfigValue) -> str | None:
    """Say which number of the optimizer is not finite, if one is.

    An infinite second moment of Adam keeps its weight where it is for good.
    """
    bad = not_finite(dict(_tensors(state, 'optimizer')))
    return bad[0] + ' has values that are not finite' if bad else None


def _tensors(value: ConfigValue, name: str) -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors in nested dicts, named by the keys to them."""
    if isinstance(value, Tensor):
        yield name, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _tensors(part, f'{name}.{key}')


def _classes_of_weight(model: nn.Module, name: str,
                       value: Tensor) -> list[int]:
    """Return the classes of the rows of a classifier that are not finite."""
    split = head_split(model)
    if (split is None or not name.startswith('decode_head.')
            or value.shape[:1] != (split.num_classes, )):
        return []
    bad = ~value.isfinite().reshape(len(value), -1).all(1)
    return bad.nonzero().flatten().tolist()


def _named(model: nn.Module, class_ids: Iterable[int]) -> str:
    """Name classes, unless it is all of them."""
    split, ids = head_split(model), sorted(set(class_ids))
    if split is None or not 0 < len(ids) < split.num_classes:
        return ''
    return f' (class {", ".join(repr(split.classes[i]) for i in ids)})'


def _stop(runner: Runner, fault: str) -> None:
    saved = last_checkpoint(Path(runner.work_dir))
    raise RuntimeError(
        f'FiniteHook: {fault}. The training stops here and saves '
        'nothing more; the last checkpoint is '
        f'{saved or "not there: none was saved"}. Lower the learning rate '
        '(optim_wrapper.optimizer.lr), clip the gradients '
        '(optim_wrapper.clip_grad=dict(max_norm=1)) or look at the data; '
        '--resume goes on from the last checkpoint')
