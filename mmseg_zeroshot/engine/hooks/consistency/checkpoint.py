"""What a checkpoint must hold to be loaded into a zero-shot model."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from logging import Logger

from torch import Tensor, nn
from torch.nn.modules.module import _IncompatibleKeys

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.semantics.supervision import (
    Supervision,
    least_permitting,
)
from mmseg_zeroshot.utils.stored_names import stored_names
from mmseg_zeroshot.utils.typing_utils import Checkpoint

from .supervision import (
    check_masks,
    check_supervision,
    check_unstated,
    stored_supervision,
)

# Parts that no later stage trains from nothing.
_EXTRACTOR = re.compile(r'^(backbone|neck)\.|^decode_head\.host\.')
_COUNTERS = 'num_batches_tracked'


def state_dict_of(checkpoint: Checkpoint) -> dict[str, Tensor]:
    """Return the weights by name, as the runner will load them.

    Args:
        checkpoint: A state dict, or a dict with one under ``state_dict``.
    """
    state = checkpoint.get('state_dict', checkpoint)
    return {re.sub(r'^module\.', '', key): value
            for key, value in state.items()}


def check_trained_classes(checkpoint: Checkpoint,
                          split: ClassSplit | None, *, training: bool,
                          supervision: Supervision, trust: bool = False,
                          logger: Logger) -> None:
    """Compare what a checkpoint was trained on with what a run may see.

    Args:
        checkpoint: As loaded; mmengine's have the training data's metainfo.
        split: The split of head or data; None if nothing has one, which is
            not checked.
        training: Whether the checkpoint starts a training (a stage may go
            on from cross-validation) or is evaluated (groups must agree).
        supervision: The run's; it may permit labels of all classes, or
            masks that the data's mode kept.
        trust: Whether a checkpoint that does not say what it was trained on
            is taken.
        logger: Told when such a checkpoint names an unseen class.

    Raises:
        ValueError: another vocabulary, a class that is unseen here was
            trained or may have been, or the run's supervision is stricter.
    """
    if split is None:
        return
    state = state_dict_of(checkpoint)
    _check_vocabulary(state, split)
    meta = checkpoint.get('meta') or {}
    check_supervision(stored_supervision(meta), supervision)
    data = meta.get('dataset_meta') or {}
    if 'split' not in data:
        check_unstated(state, data.get('classes') or (), split,
                       supervision=supervision, trust=trust, logger=logger)
        return
    trained = ClassSplit.from_dict(data['split'])
    _same_classes(trained.classes, split)
    if supervision.unseen_as_seen:
        return
    _check_groups(trained, split, () if training else ('unseen', 'ignored'))
    check_masks(data.get('split_mode'), trained, split, supervision)


def _check_groups(trained: ClassSplit, split: ClassSplit,
                  same: Iterable[str]) -> None:
    """No class that is unseen here was seen; some groups are the same."""
    leaked = [name for name in split.unseen if name in trained.seen]
    if leaked:
        raise ValueError(
            f'ConsistencyHook: the checkpoint was trained with labels of '
            f'{", ".join(leaked)} (split {trained.name!r}), which split '
            f'{split.name!r} of this run calls unseen; load one that was '
            'trained without them, or set supervision='
            f'{least_permitting("unseen_as_seen")!r} in ZeroShotResultsHook')
    for group in same:
        one, two = getattr(trained, group), getattr(split, group)
        if one != two:
            raise ValueError(
                f'ConsistencyHook: the checkpoint was trained with split '
                f'{trained.name!r} and this run has {split.name!r}: their '
                f'{group} classes are {one} and {two}; evaluate it with the '
                'split that it was trained with')


def _check_vocabulary(state: Mapping[str, Tensor], split: ClassSplit) -> None:
    """Read the names that a zero-shot head keeps beside its vectors."""
    names = stored_names(state, 'decode_head.')
    if names is not None:
        _same_classes(names, split)


def _same_classes(names: tuple[str, ...], split: ClassSplit) -> None:
    if tuple(names) == split.classes:
        return
    differing = [name for name in (*names, *split.classes)
                 if (name in names) != (name in split.classes)]
    raise ValueError(
        f'ConsistencyHook: the checkpoint has another vocabulary '
        f'({len(names)} classes) than split {split.name!r} of this run '
        f'({split.num_classes}): {differing[:5] or "another order"}. Use the '
        'class list that it was trained with')


class LoadingCheck:
    """Fail a non-strict loading that leaves the extractor untouched.

    Registers itself with the model and acts at the end of the next loading,
    when heads have renamed the keys of plain checkpoints.

    Args:
        model: The segmentor, unwrapped.
        checkpoint: What is about to be loaded.
        training: What matches a zero-shot model's ``allowed_missing`` may
            then be absent; when evaluating the whole decode head must be
            there. Of an ordinary model, training needs the extractor alone.
    """

    def __init__(self, model: nn.Module, checkpoint: Checkpoint, *,
                 training: bool) -> None:
        self._stored = state_dict_of(checkpoint)
        self._training = training
        self._handle = model.register_load_state_dict_post_hook(self._act)

    def remove(self) -> None:
        """Stop waiting for a loading."""
        self._handle.remove()

    def _act(self, model: nn.Module, incompatible: _IncompatibleKeys) -> None:
        self.remove()
        stored, self._stored = self._stored, {}
        missing = self._needed(model, incompatible.missing_keys)
        if missing:
            raise ValueError(
                f'ConsistencyHook: the checkpoint lacks {len(missing)} '
                f'weights of the model, such as {", ".join(missing[:5])}. '
                f'{_advice(missing, stored)}')
        _check_shapes(model, stored, training=self._training)

    def _needed(self, model: nn.Module, missing: Iterable[str]) -> list[str]:
        patterns = getattr(model, 'allowed_missing', None)
        whole_head = not self._training or patterns is not None
        allowed = [re.compile(pattern) for pattern in patterns or ()
                   if self._training]
        parameters = {name for name, _ in model.named_parameters()}
        return [
            key for key in missing
            if (_EXTRACTOR.match(key) or
                (whole_head and key.startswith('decode_head.')
                 and key in parameters))
            and not key.endswith(_COUNTERS)
            and not any(pattern.search(key) for pattern in allowed)
        ]


def _check_shapes(model: nn.Module, stored: Mapping[str, Tensor], *,
                  training: bool) -> None:
    """MMEngine skips weights of another shape with a log line only.

    A training may give the classifier another shape; an evaluation not.
    """
    for key, value in model.state_dict().items():
        if not _EXTRACTOR.match(key) and (
                training or not key.startswith('decode_head.')):
            continue
        plain = key.replace('.host.', '.', 1)
        given = stored.get(key, stored.get(plain))
        if isinstance(given, Tensor) and given.shape != value.shape:
            raise ValueError(
                f'ConsistencyHook: {key} is {tuple(given.shape)} in the '
                f'checkpoint and {tuple(value.shape)} in the model; build '
                'the backbone and the head that it was trained with')


def _advice(missing: list[str], stored: Mapping[str, Tensor]) -> str:
    """Guess the prefix that the checkpoint has too much or too little."""
    for key in missing:
        for name in stored:
            if name.endswith(f'.{key}'):
                prefix = name[:-len(key)]
                return (f'Its names start with {prefix!r}: strip this prefix '
                        'from the keys of its state_dict')
        parts = key.split('.')
        for place in range(1, len(parts)):
            if '.'.join(parts[place:]) in stored:
                prefix = '.'.join(parts[:place])
                return (f'It holds the weights of {prefix!r} alone: load it '
                        f"there, {prefix}=dict(init_cfg=dict("
                        "type='Pretrained', checkpoint=…))")
    return ('It belongs to another model: '
            f'its names are like {", ".join(list(stored)[:3]) or "none"}')
