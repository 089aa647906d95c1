"""A folder of images and masks, as an experiment describes it."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from mmseg_zeroshot.semantics.class_lists import CLASS_LISTS, get_classes
from mmseg_zeroshot.semantics.name_lists import parse_names
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    ConfigValue,
)

_WITH_PALETTE = dict(voc21='PascalVOCDataset')
"""Data sets of mmseg that give a shipped class list its usual colours."""


@dataclass(frozen=True)
class FolderData:
    """Where the images and masks of one's own data are, and what they hold.

    Masks hold class ids, the positions in ``classes``; 255 carries no label.

    Attributes:
        root: The folder.
        classes: All class names in the order of their ids: a shipped list
            such as ``'voc21'``, names, or a file of names.
        train: Images to train on: a list file below ``root`` (names without
            suffix, a line each), or a folder below ``images`` and ``masks``.
        val: Images to score on, likewise.
        images: Folder of the images below ``root``.
        masks: Folder of the masks below ``root``.
        image_suffix: Ending of image files.
        mask_suffix: Ending of mask files, after the image's name.
        size: Images are scaled to fit into this (width, height), in pixels.
        ratio_range: By how much training images are scaled beside this.
        crop: (height, width) of a training crop, in pixels.
        batch_size: Images in a training step.
        num_workers: Processes that load training images.
    """

    root: str
    classes: str | Sequence[str]
    train: str = 'train.txt'
    val: str = 'val.txt'
    images: str = 'JPEGImages'
    masks: str = 'SegmentationClass'
    image_suffix: str = '.jpg'
    mask_suffix: str = '.png'
    size: tuple[int, int] = (320, 320)
    ratio_range: tuple[float, float] = (0.75, 1.5)
    crop: tuple[int, int] = (256, 256)
    batch_size: int = 8
    num_workers: int = 2

    @classmethod
    def read(cls, data: ConfigPart, place: Path) -> FolderData:
        """Check the key ``data`` of an experiment file.

        Args:
            data: Its value.
            place: Folder of the file, which relative paths begin at if
                they are found there, else at the working directory.

        Returns:
            The folder, with its classes as a list or a shipped name.

        Raises:
            ValueError: A key is unknown or missing, or of another type.
            FileNotFoundError: There is no such file of names.
        """
        known = [f.name for f in fields(cls)]
        for key in data:
            if key not in known:
                raise ValueError(f'unknown key {key!r} in data.'
                                 + hint(str(key), known))
        for key in ('root', 'classes'):
            if not data.get(key):
                raise ValueError(f'data lacks the key {key!r}')
        values = dict(data)
        for key in ('size', 'ratio_range', 'crop'):
            if key in values:
                values[key] = _pair(key, values[key])
        values['root'] = below(place, str(data['root']))
        values['classes'] = _classes(data['classes'], place)
        return cls(**values)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes in the order of their ids."""
        return tuple(get_classes(self.classes))

    def dataset(self, part: str) -> ConfigType:
        """Return the config of an inner data set, without a pipeline.

        Args:
            part: A list file or a folder, such as ``train``.
        """
        kind = (_WITH_PALETTE.get(self.classes)
                if isinstance(self.classes, str) else None)
        config: ConfigType = dict(
            type=kind or 'BaseSegDataset', data_root=self.root,
            img_suffix=self.image_suffix, seg_map_suffix=self.mask_suffix,
            reduce_zero_label=False, data_prefix=self.folders(part))
        if kind is None:
            config['metainfo'] = dict(classes=list(self.class_names))
        if is_list(part):
            config['ann_file'] = part
        return config

    def folders(self, part: str) -> dict[str, str]:
        """Return the folders of a part's images and masks, below the root.

        Args:
            part: A list file or a folder.
        """
        end = '' if is_list(part) else f'/{part}'
        return dict(img_path=self.images + end,
                    seg_map_path=self.masks + end)


def is_list(part: str) -> bool:
    """Whether a part of the data is a list file and not a folder.

    Args:
        part: Such as ``'train.txt'`` or ``'train'``.
    """
    return part.endswith('.txt')


def below(place: Path, path: str) -> str:
    """Return a path that begins at a folder if it is found there.

    Args:
        place: The folder.
        path: Else as it is, from the working directory.
    """
    beside = place / path
    return str(beside) if beside.exists() else path


def _classes(given: str | Sequence[str], place: Path) -> str | Sequence[str]:
    """Return the name of a shipped list, or the names."""
    if isinstance(given, str) and given in CLASS_LISTS:
        return given
    if isinstance(given, str):
        given = below(place, given)
    return parse_names(given)


def _pair(key: str, value: ConfigValue) -> tuple:
    """Return two numbers; one number stands for both."""
    pair = ((value, value) if isinstance(value, (int, float))
            else tuple(value) if isinstance(value, (list, tuple)) else ())
    if len(pair) != 2 or not all(
            isinstance(v, (int, float)) and v > 0 for v in pair):
        raise ValueError(f'data.{key} must be two positive numbers, got '
                         f'{value!r}')
    return pair
