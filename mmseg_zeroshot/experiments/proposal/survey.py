"""What was found in a data set."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmseg_zeroshot.experiments.folder_data import FolderData
from mmseg_zeroshot.experiments.inspection import (
    Layout,
    MaskReport,
    PartPairs,
    Problem,
    pairs,
    sample_size,
    scan_masks,
    shared_images,
)
from mmseg_zeroshot.utils.typing_utils import (
    ConfigType,
    ConfigValue,
)

from .drawn_parts import DrawnParts, draw_parts

_ANY_ID = 255


@dataclass(frozen=True)
class Survey:
    """What was found in a data set.

    Attributes:
        data: The key ``data`` of the experiment.
        classes: A shipped list, or the class names.
        where: What the data set is, in a line.
        train: Masks to train on; None if the files are not there.
        val: Masks to score on.
        parts: Names of the two parts, with what else is to be said of them.
        problems: What is wrong.
        notes: What was chosen, in sentences.
        drawn: Lists that must be written, for a folder without parts.
    """

    data: ConfigValue
    classes: str | Sequence[str]
    where: str
    train: MaskReport | None
    val: MaskReport | None
    parts: tuple[str, str] = ('train', 'val')
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()
    drawn: DrawnParts | None = None


def folder_survey(layout: Layout, classes: str | Sequence[str], *,
                  lists: Path, all_masks: bool = False) -> Survey:
    """Look at a folder's pairs and masks.

    Args:
        layout: Of the folder.
        classes: A shipped list, or the class names.
        lists: Folder of the lists that are drawn where there are no parts.
        all_masks: Whether all masks are read, and not a sample.

    Raises:
        ValueError: There are too few images.
    """
    data: ConfigType = dict(layout.data(), classes=classes)
    folder = FolderData(**data)
    train, val, drawn = _parts(folder, layout)
    reports = [
        scan_masks(part, num_ids=len(folder.class_names),
                   sample=None if all_masks else sample_size(part))
        for part in (train, val)
    ]
    notes = list(layout.notes)
    if drawn:
        data.update(train=str(lists / 'train.txt'), val=str(lists / 'val.txt'))
        notes.append(
            'the images have no parts to train and score on, so one in five '
            f'is scored on; the lists are {data["train"]} and {data["val"]}. '
            'Images of one scene or film belong in one list: change them so')
    problems = [*train.problems, *val.problems, *shared_images(train, val),
                *(p for report in reports for p in report.problems)]
    where = (f'{layout.kind} in {layout.root}: '
             f'{layout.images}/*{layout.image_suffix} with '
             f'{layout.masks}/*{layout.mask_suffix}')
    return Survey(
        data=data, classes=classes, where=where,
        train=reports[0], val=reports[1], problems=problems, notes=notes,
        parts=(data['train'], data['val']), drawn=drawn)


def count_ids(layout: Layout, *, all_masks: bool = False) -> MaskReport:
    """Read masks of a folder whose classes are not known.

    Args:
        layout: Of the folder.
        all_masks: Whether all masks are read, and not a sample.
    """
    data: ConfigType = dict(layout.data(), classes=())
    train = pairs(FolderData(**data), layout.train)
    return scan_masks(train, num_ids=_ANY_ID,
                      sample=None if all_masks else sample_size(train))


def _parts(folder: FolderData, layout: Layout
           ) -> tuple[PartPairs, PartPairs, DrawnParts | None]:
    """Return the pairs to train and score on, drawn if there are no parts."""
    if layout.train and layout.val:
        return pairs(folder, layout.train), pairs(folder, layout.val), None
    whole = pairs(folder, layout.train or layout.val)
    images = Path(folder.root, folder.images)
    drawn = draw_parts(whole, images, folder.image_suffix)
    scored = {str(images / name) + folder.image_suffix for name in drawn.val}
    train = [pair for pair in whole if str(pair.image) not in scored]
    val = [pair for pair in whole if str(pair.image) in scored]
    return (PartPairs('train', tuple(train), whole.problems),
            PartPairs('val', tuple(val), ()), drawn)
