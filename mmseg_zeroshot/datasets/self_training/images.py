"""Which training images carry labels and which are unlabelled."""
from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from mmengine.logging import print_log

from mmseg_zeroshot.datasets.mask_scan import scan_masks
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils.reading import read_text
from mmseg_zeroshot.utils.typing_utils import DataInfo

from .files import image_names

Load = Callable[[dict], np.ndarray]
MODES = ('ignore', 'drop')
"""Modes of a data set that pseudo-labels can be mixed into."""


class Mixed(NamedTuple):
    """What pseudo-labels, or the wish for some, make of a data set.

    Attributes:
        indices: (M, ) positions in the whole data set.
        additions: What is added to the data info of each.
        names: Names of these images.
        metainfo: What the data set says of it.
    """

    indices: np.ndarray
    additions: tuple[DataInfo, ...]
    names: tuple[str, ...]
    metainfo: dict[str, Any]


class Groups(NamedTuple):
    """A data set's images in two groups.

    Attributes:
        names: Names of all images.
        labelled: (N, ) bool, trained with labels of their own.
        unlabelled: (N, ) bool, no label of theirs is trained on.
    """

    names: list[str]
    labelled: np.ndarray
    unlabelled: np.ndarray


@dataclass(frozen=True)
class UnlabelledImages:
    """The images of a training set that are to be labelled by a model.

    Unlabelled, with all their pixels, are

    - the images that a user's list names, whose label maps are not read;
    - images without a label map;
    - in mode 'drop', if there is no list, the images that this mode leaves
      out: those that hold any unseen class, as in ZS3Net's setting.

    In mode 'ignore' without a list, every image is labelled by the model in
    the pixels without a seen label, the other pixels keep theirs.

    Which unseen class it is, is never read. That there is one is: per image
    in mode 'drop', and per pixel, together with borders and ignored classes,
    in mode 'ignore' without a list.

    Args:
        unlabelled: Text file with one image name a line, as in the data
            set's own list. Default: None.
    """

    unlabelled: str | None = None

    def everywhere(self, mode: str) -> bool:
        """Whether labelled images have pixels to be labelled, too.

        Args:
            mode: Mode of the data set.
        """
        return mode == 'ignore' and self.unlabelled is None

    def without_labels(self, infos: Sequence[dict]) -> Sequence[dict]:
        """Return the data infos, the listed images' without a label map.

        Args:
            infos: One data info per image.

        Raises:
            FileNotFoundError: There is no such list.
            ValueError: It names an image that the data set does not hold.
        """
        if self.unlabelled is None:
            return infos
        listed = find_listed(
            self.unlabelled, image_names([i['img_path'] for i in infos]))
        return _Hidden(infos, listed)

    def groups(self, infos: Sequence[dict], load: Load, split: ClassSplit,
               mode: str) -> Groups:
        """Tell the unlabelled images from the others.

        Args:
            infos: As :meth:`without_labels` gives them.
            load: Returns the checked label map (H, W) of an info.
            split: Its unseen classes decide what mode 'drop' leaves out.
            mode: 'ignore' or 'drop'.
        """
        unlabelled = np.array([not i.get('seg_map_path') for i in infos])
        labelled = ~unlabelled
        if mode == 'drop':
            places = np.flatnonzero(labelled)
            dropped = places[scan_masks(
                [infos[int(i)] for i in places], load, split.unseen_ids)]
            labelled[dropped] = False
            if self.unlabelled is None:
                unlabelled[dropped] = True
        return Groups(image_names([i['img_path'] for i in infos]), labelled,
                      unlabelled)

    def mix(self, infos: Sequence[dict], load: Load, split: ClassSplit,
            mode: str) -> Mixed:
        """Return the images that are to be labelled, each once.

        Args:
            infos: As :meth:`without_labels` gives them.
            load: Returns the checked label map (H, W) of an info.
            split: The split.
            mode: 'ignore' or 'drop'.

        Raises:
            ValueError: There is none.
        """
        groups = self.groups(infos, load, split, mode)
        wanted = groups.unlabelled.copy()
        if self.everywhere(mode):
            wanted[:] = True
        if not wanted.any():
            raise ValueError(
                f'none of {len(wanted)} images is unlabelled: '
                + (f'none holds an unseen class of split {split.name!r}'
                   if self.unlabelled is None else
                   f'{self.unlabelled} names none'))
        first = dict(reversed([(groups.names[i], int(i))
                               for i in np.flatnonzero(wanted)]))
        indices = np.array(sorted(first.values()))
        print_log(f'{len(indices)} images are to be labelled, '
                  f'{groups.unlabelled[indices].sum()} of them have no label',
                  'current')
        return Mixed(
            indices,
            tuple(dict(unlabelled=bool(groups.unlabelled[i]))
                  for i in indices),
            tuple(groups.names[i] for i in indices), {})


class _Hidden(Sequence):
    """Data infos in which some images have no label map."""

    def __init__(self, infos: Sequence[dict], hidden: Iterable[int]) -> None:
        self.infos, self.hidden = infos, set(hidden)

    def __len__(self) -> int:
        return len(self.infos)

    def __getitem__(self, index: int) -> DataInfo:  # type: ignore[override]
        info = self.infos[index]
        if index in self.hidden:
            info = {k: v for k, v in info.items() if k != 'seg_map_path'}
        return info


def find_listed(path: str | os.PathLike, names: Sequence[str]) -> list[int]:
    """Return the positions of the images that a text file names.

    Args:
        path: One name a line: with or without the folders that all names
            do not share, with or without a suffix.
        names: Of :func:`image_names`.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is empty, or a line fits no image or several.
    """
    if not os.path.isfile(path):
        raise FileNotFoundError(
            f'no such list of unlabelled images: {path} (one name a line)')
    lines = [line.strip() for line in read_text(path).splitlines()]
    places: dict[str, list[int]] = defaultdict(list)
    fitting: dict[str, set[str]] = defaultdict(set)
    for index, name in enumerate(names):
        places[name].append(index)
        fitting[name.rsplit('/', 1)[-1]].add(name)
    found: list[int] = []
    for line in filter(None, lines):
        key = line if line in fitting or line in places else (
            os.path.splitext(line)[0])
        fits = [key] if key in places else sorted(fitting.get(key, ()))
        if not fits:
            raise ValueError(
                f'{path} names {line!r}, which the data set does not hold.'
                + hint(line, names))
        if len(fits) > 1:
            raise ValueError(
                f'{path} names {line!r}, which fits {len(fits)} images, such '
                f'as {fits[0]} and {fits[1]}: write more of the path')
        found += places[fits[0]]
    if not found:
        raise ValueError(f'{path} names no image')
    return found
