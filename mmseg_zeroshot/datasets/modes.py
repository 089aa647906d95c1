"""What a data set shows of the labels of unseen classes: one object a mode."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from mmengine.logging import print_log

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.typing_utils import ConfigPart, Metainfo

from .few_label import FewLabel, build_few_label
from .mask_scan import scan_masks
from .self_training.images import UnlabelledImages
from .self_training.mixing import MixPseudoLabels
from .self_training.training import build_pseudo_labels
from .transforms import HideLabels

Load = Callable[[dict], np.ndarray]
"""Returns the checked label map (H, W) of a data info."""


class Kept(NamedTuple):
    """The images that a mode keeps of a data set.

    Attributes:
        indices: (M, ) positions in the whole data set.
        additions: What is added to the data info of each; empty if nothing
            is added to any.
        names: Names of these images, where the mode needs names.
        metainfo: What the data set says of its choice.
    """

    indices: np.ndarray
    additions: Sequence[Mapping[str, object]] = ()
    names: tuple[str, ...] = ()
    metainfo: Metainfo = {}

    def added(self, index: int) -> Mapping[str, object]:
        """Return what is added to the data info of a kept image.

        Args:
            index: Position among the kept images.
        """
        return self.additions[index] if self.additions else {}


@dataclass(frozen=True)
class LabelMode:
    """What a training or test set shows of labels, hides and leaves out.

    The base class hides the labels of unseen and ignored classes and keeps
    every image.
    """

    name: ClassVar[str]
    """``mode`` of :class:`ZeroShotDataset`."""
    reads_all_masks: ClassVar[bool] = False
    """Whether a missing label map is an error even if no step loads it."""
    shows_visible: ClassVar[bool] = False
    """Whether a sample's ``visible_unseen_ids`` keep their labels."""
    step: ClassVar[type[HideLabels]] = HideLabels
    """The transform that hides labels."""

    def hidden_ids(self, split: ClassSplit) -> tuple[int, ...]:
        """Return the ids of the classes whose labels are hidden.

        Args:
            split: The split.
        """
        return tuple(sorted(split.unseen_ids + split.ignored_ids))

    def hiding_step(self, split: ClassSplit) -> HideLabels:
        """Return the step that stands behind the loading of labels.

        Args:
            split: The split.
        """
        return self.step(self.hidden_ids(split), split.num_classes,
                         shows_visible=self.shows_visible)

    def without_labels(self, infos: Sequence[dict]) -> Sequence[dict]:
        """Return the data infos, some of them maybe without a label map.

        Args:
            infos: One data info per image.
        """
        return infos

    def keep(self, infos: Sequence[dict], load: Load,
             split: ClassSplit) -> Kept:
        """Choose the images of the data set.

        Args:
            infos: As :meth:`without_labels` gives them.
            load: Returns the checked label map of an info.
            split: The split.

        Raises:
            ValueError: No image is left, or the choice fits the images no
                more.
        """
        return Kept(np.arange(len(infos)))


class IgnoreUnseen(LabelMode):
    """SPNet: every image stays, pixels of unseen classes have no label."""

    name = 'ignore'


class KeepUnseen(LabelMode):
    """Evaluation: every image stays, and only ignored classes are hidden."""

    name = 'keep'

    def hidden_ids(self, split: ClassSplit) -> tuple[int, ...]:
        """Return the ids of ignored classes.

        Args:
            split: The split.
        """
        return split.ignored_ids


class DropUnseen(LabelMode):
    """ZS3Net: an image that holds any unseen pixel is left out."""

    name = 'drop'
    reads_all_masks = True

    def keep(self, infos: Sequence[dict], load: Load,
             split: ClassSplit) -> Kept:
        """Choose the images that hold no pixel of an unseen class.

        Args:
            infos: One data info per image.
            load: Returns the checked label map of an info.
            split: The split.

        Raises:
            ValueError: There is none.
        """
        holds = scan_masks(infos, load, split.unseen_ids)
        print_log(
            f'ZeroShotDataset: {holds.sum()} of {len(holds)} images hold an '
            'unseen class and are left out', 'current')
        if holds.all():
            raise ValueError(
                f'no image is left of {len(holds)}: each holds a pixel of an '
                f"unseen class of split {split.name!r}; mode='ignore' keeps "
                'the images and hides these pixels')
        return Kept(np.flatnonzero(~holds))


@dataclass(frozen=True)
class FewLabelled(LabelMode):
    """Few-label: n drawn images a class, in which its own labels stay.

    A manifest may name all the images that are needed, so label maps of
    others need not be there.

    Args:
        few: Settings of the draw.
    """

    few: FewLabel

    name = 'few'
    shows_visible = True

    def keep(self, infos: Sequence[dict], load: Load,
             split: ClassSplit) -> Kept:
        """Draw the images, or take those of the manifest.

        Args:
            infos: One data info per image.
            load: Returns the checked label map of an info.
            split: The split.

        Raises:
            ValueError: See :meth:`FewLabel.draw`.
        """
        drawn = self.few.draw(infos, load, split)
        return Kept(
            drawn.indices,
            [dict(visible_unseen_ids=ids) for ids in drawn.visible],
            metainfo=dict(few_label=drawn.metainfo))


@dataclass(frozen=True)
class SelfTraining(LabelMode):
    """ZS5Net: a model labels the pixels that another mode leaves without.

    Args:
        base: The other mode, 'ignore' or 'drop'.
        images: Which images are unlabelled, and their pseudo-labels if there
            are some already.
    """

    base: LabelMode
    images: UnlabelledImages

    step = MixPseudoLabels

    @property
    def name(self) -> str:  # type: ignore[override]
        """``mode`` of :class:`ZeroShotDataset`."""
        return self.base.name

    @property
    def reads_all_masks(self) -> bool:  # type: ignore[override]
        """As in the other mode."""
        return self.base.reads_all_masks

    def without_labels(self, infos: Sequence[dict]) -> Sequence[dict]:
        """Return the data infos, the listed images' without a label map.

        Args:
            infos: One data info per image.

        Raises:
            FileNotFoundError: There is no such list.
            ValueError: It names an image that the data set does not hold.
        """
        return self.images.without_labels(infos)

    def keep(self, infos: Sequence[dict], load: Load,
             split: ClassSplit) -> Kept:
        """Choose the images to train on, or those that are to be labelled.

        Args:
            infos: As :meth:`without_labels` gives them.
            load: Returns the checked label map of an info.
            split: The split.

        Raises:
            FileNotFoundError: There are no finished pseudo-labels.
            ValueError: See ``mix`` of the settings.
        """
        mixed = self.images.mix(infos, load, split, self.name)
        about = dict(pseudo_labels=mixed.metainfo) if mixed.metainfo else {}
        return Kept(mixed.indices, mixed.additions, mixed.names, about)


_PLAIN = {kind.name: kind for kind in (IgnoreUnseen, DropUnseen, KeepUnseen)}
MODES = (*_PLAIN, FewLabelled.name)
"""What ``mode`` of :class:`ZeroShotDataset` may be."""


def build_mode(name: str, few: ConfigPart | FewLabel | None,
               pseudo_labels: ConfigPart | UnlabelledImages | None
               ) -> LabelMode:
    """Build the mode that a data set's arguments ask for.

    Args:
        name: One of ``MODES``.
        few: Arguments of :class:`FewLabel`, with 'few' only.
        pseudo_labels: Arguments of :class:`PseudoLabels`, or
            :class:`UnlabelledImages`, with 'ignore' or 'drop' only.

    Raises:
        ValueError: The mode is unknown, or the arguments do not belong to
            it.
        TypeError: A setting of ``few`` is unknown or missing.
    """
    if name not in MODES:
        raise ValueError(f'mode must be one of {MODES}, got {name!r}')
    drawn = build_few_label(few, name)
    images = build_pseudo_labels(pseudo_labels, name)
    if drawn is not None:
        return FewLabelled(drawn)
    plain = _PLAIN[name]()
    return plain if images is None else SelfTraining(plain, images)
