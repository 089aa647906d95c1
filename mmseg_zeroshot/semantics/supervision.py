"""What a run may see: the words that stand beside every number.

In segmentation a label is ground truth, so what a run has used is called its
supervision. The table below is the only place that says what a supervision
permits, which comes first, and what is said about it.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mmseg_zeroshot.utils.typing_utils import ConfigPart, JSONObject, JSONValue

from .names import hint

Answer = Literal['true_layouts', 'unseen_masks', 'few_labels',
                 'unlabelled_images', 'unseen_as_seen', 'chooses_by_unseen']
"""What a supervision may permit, by the attribute that says so."""


@dataclass(frozen=True)
class Supervision:
    """What a run may see, load and choose by.

    Attributes:
        name: The word in configs, results and tables.
        meaning: What was used, for people; no full sentence.
        loads: Supervisions of the checkpoints that a run may start from;
            None for any.
        true_layouts: Whether generated features may be laid out by true
            masks that show unseen classes.
        unseen_masks: Whether masks of unseen classes may be in the training
            data, and in that of a checkpoint that is loaded.
        few_labels: Whether a few drawn images may show their labels of
            unseen classes.
        unlabelled_images: Whether images of unseen classes may be trained on
            with labels that a model gave them.
        unseen_as_seen: Whether unseen classes may be trained like seen ones,
            by this run or by its checkpoint, so that groups may differ.
        chooses_by_unseen: Whether a checkpoint, a rate or gamma may be
            chosen by scores of real unseen classes.
        states_n: Whether a run must draw few labels and state how many; it
            is compared only with runs of as many.
        inductive: Whether results count as made without unlabelled images.
    """

    name: str
    meaning: str
    loads: tuple[str, ...] | None
    true_layouts: bool = False
    unseen_masks: bool = False
    few_labels: bool = False
    unlabelled_images: bool = False
    unseen_as_seen: bool = False
    chooses_by_unseen: bool = False
    states_n: bool = False
    inductive: bool = True

    def may_load(self, name: str) -> bool:
        """Say whether a run may start from a checkpoint.

        Args:
            name: The checkpoint's supervision.
        """
        return self.loads is None or name in self.loads


SUPERVISIONS: dict[str, Supervision] = {entry.name: entry for entry in (
    Supervision(
        'strict',
        'no label of an unseen class anywhere: neither as a target, nor as '
        'a layout, nor to choose a checkpoint or gamma',
        loads=('strict', )),
    Supervision(
        'paper', 'what the paper prints', loads=('strict', 'paper'),
        true_layouts=True),
    Supervision(
        'released',
        "what the authors' code does, with the true masks of unseen classes: "
        'not zero-shot',
        loads=None, true_layouts=True, unseen_masks=True),
    Supervision(
        'few-label', 'n labelled images of each unseen class',
        loads=('strict', 'few-label'), few_labels=True, states_n=True),
    Supervision(
        'self-training', 'unlabelled images of unseen classes: not inductive',
        loads=('strict', 'self-training'), unlabelled_images=True,
        inductive=False),
    Supervision(
        'oracle',
        'labels of unseen classes to choose something, such as gamma',
        loads=None, true_layouts=True, unseen_masks=True, few_labels=True,
        unlabelled_images=True, unseen_as_seen=True, chooses_by_unseen=True),
)}
"""Every supervision by name, in the order of boards."""
DEFAULT = next(iter(SUPERVISIONS))
"""The supervision of a run that states none."""


def get_supervision(name: str) -> Supervision:
    """Return a supervision.

    Args:
        name: Its name, such as ``'strict'``.

    Raises:
        ValueError: There is none of this name.
    """
    if name not in SUPERVISIONS:
        raise ValueError(f'there is no supervision {name!r}.'
                         + hint(str(name), SUPERVISIONS))
    return SUPERVISIONS[name]


def supervision_rank(name: str) -> tuple[int, str]:
    """Return a key that sorts supervisions as boards do.

    Args:
        name: A supervision's name, or another word, which goes last.
    """
    names = list(SUPERVISIONS)
    return (names.index(name) if name in names else len(names), name)


def least_permitting(answer: Answer) -> str:
    """Return the first supervision that permits something, for messages.

    Args:
        answer: The attribute that says so.
    """
    return next(name for name, entry in SUPERVISIONS.items()
                if getattr(entry, answer))


def refuse_old_key(given: ConfigPart, place: str) -> None:
    """Refuse a config that calls the supervision ``label``.

    Args:
        given: A part of a config that states a supervision.
        place: What the part is called, for the message.

    Raises:
        ValueError: It has ``label``.
    """
    if given.get('label') is not None:
        raise ValueError(
            f'{place}: label={given["label"]!r} is called supervision now: '
            f'write supervision={given["label"]!r}')


def stated_supervision(hook: ConfigPart) -> Supervision:
    """Return the supervision that a results hook's config states.

    Args:
        hook: Arguments of ``ZeroShotResultsHook``, maybe none.

    Raises:
        ValueError: There is none of this name, or it is called ``label``.
    """
    refuse_old_key(hook, 'ZeroShotResultsHook')
    try:
        return get_supervision(hook.get('supervision', DEFAULT))
    except ValueError as error:
        raise ValueError(f'ZeroShotResultsHook: {error}') from None


def current_keys(content: Mapping[str, JSONValue]) -> JSONObject:
    """Return what a file holds, with the key that older versions misnamed.

    Args:
        content: Of a results record or a manifest of pseudo-labels; those of
            0.1.0 have ``label`` in place of ``supervision``.
    """
    return {'supervision' if key == 'label' else key: value
            for key, value in content.items()}
