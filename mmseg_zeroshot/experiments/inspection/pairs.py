"""The images and masks of a part, and what is missing."""
from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, overload

from mmseg_zeroshot.experiments.folder_data import FolderData, is_list
from mmseg_zeroshot.utils.found_files import endings, explain_missing
from mmseg_zeroshot.utils.typing_utils import DataInfo

from .problems import Problem, first_of


class Pair(NamedTuple):
    """An image and its mask.

    Attributes:
        image: The image file.
        mask: The file of class ids.
    """

    image: Path
    mask: Path


@dataclass(frozen=True)
class PartPairs(Sequence[Pair]):
    """The pairs of a part, of which both files are there.

    Attributes:
        part: The part.
        found: The pairs.
        problems: Files that are missing, and names that are there twice.
    """

    part: str
    found: tuple[Pair, ...]
    problems: tuple[Problem, ...]

    @overload
    def __getitem__(self, index: int) -> Pair: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Pair]: ...

    def __getitem__(self, index: int | slice) -> Pair | Sequence[Pair]:
        """Return a pair, or several."""
        return self.found[index]

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.found)


def pairs(folder: FolderData, part: str) -> PartPairs:
    """Find the images and masks of a part, as mmseg's data set will.

    Args:
        folder: Describes the folder.
        part: A list file or a folder, such as ``folder.train``.

    Returns:
        The pairs with both files, in the order that training reads, and what
        is wrong with the others.
    """
    root = Path(folder.root)
    below = folder.folders(part)
    images, masks = root / below['img_path'], root / below['seg_map_path']
    problems: list[Problem] = []
    if is_list(part):
        names = _listed(root / part, problems)
    else:
        names = _names(images, folder.image_suffix)
        _check_alone(names, masks, folder, problems)
    whole = [Pair(images / (name + folder.image_suffix),
                  masks / (name + folder.mask_suffix)) for name in names]
    missing = _missing(whole)
    _check_missing(whole, missing, problems)
    if not names and not any(problem.fatal for problem in problems):
        problems.append(Problem(
            f'the part {part!r} has no images', str(root / part if is_list(
                part) else images),
            f'images must end in {folder.image_suffix!r}; '
            f'{endings(images)}; see the keys images, image_suffix, train '
            'and val of data'))
    found = [pair for pair in whole if not missing.intersection(pair)]
    return PartPairs(part, tuple(found), tuple(problems))


def pairs_of_infos(infos: Iterable[DataInfo]) -> PartPairs:
    """Return the pairs of a data set's infos.

    Args:
        infos: Each with ``img_path`` and ``seg_map_path``.
    """
    whole = [Pair(Path(info['img_path']), Path(info['seg_map_path']))
             for info in infos]
    missing = _missing(whole)
    problems: list[Problem] = []
    _check_missing(whole, missing, problems)
    found = [pair for pair in whole if not missing.intersection(pair)]
    return PartPairs('', tuple(found), tuple(problems))


def shared_images(train: Sequence[Pair], val: Sequence[Pair]) -> list[Problem]:
    """Look for images that are trained on and scored on.

    Args:
        train: Pairs to train on.
        val: Pairs to score on.
    """
    both = {pair.image for pair in train} & {pair.image for pair in val}
    if not both:
        return []
    return [Problem(
        f'{len(both):,} images are trained on and scored on',
        first_of(sorted(map(str, both))),
        'take them out of one of the two parts', len(both), fatal=False)]


def _listed(path: Path, problems: list[Problem]) -> list[str]:
    """Return the names of a list file, each once."""
    try:
        lines = path.read_text('utf-8').splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(
            f'the list cannot be read, {type(error).__name__}', str(path),
            'write a text file with the name of an image, without its '
            'ending, on every line'))
        return []
    counts = Counter(line.strip() for line in lines)
    empty = counts.pop('', 0)
    if empty:
        problems.append(Problem(
            f'the list has {empty} empty lines', str(path), 'delete them: '
            'each would be taken for the name of an image', empty))
    double = [name for name, count in counts.items() if count > 1]
    if double:
        problems.append(Problem(
            f'the list names {len(double):,} images more than once',
            f'{path}: {first_of(double)}', 'name every image once',
            len(double), fatal=False))
    return list(counts)


def _names(folder: Path, suffix: str) -> list[str]:
    """Return names below a folder that end so, without the ending."""
    found: list[str] = []
    for path, _, files in os.walk(folder, followlinks=True):
        below = Path(path).relative_to(folder).as_posix()
        start = '' if below == '.' else f'{below}/'
        found.extend(start + file[:-len(suffix)] for file in files
                     if file.endswith(suffix) and not file.startswith('.'))
    return sorted(found)


def _check_alone(names: Sequence[str], masks: Path, folder: FolderData,
                 problems: list[Problem]) -> None:
    """Look for masks of no image; a list may leave some out on purpose."""
    alone = sorted(set(_names(masks, folder.mask_suffix)) - set(names))
    if alone and folder.images != folder.masks:
        problems.append(Problem(
            f'{len(alone):,} masks have no image',
            first_of([str(masks / (name + folder.mask_suffix))
                      for name in alone]),
            'they are not read: add the images, or delete the masks',
            len(alone), fatal=False))


def _missing(whole: Sequence[Pair]) -> set[Path]:
    """Return the files that are not there; every folder is listed once."""
    folders = {path.parent for pair in whole for path in pair}
    there = {folder: set(os.listdir(folder)) if folder.is_dir() else set()
             for folder in folders}
    return {path for pair in whole for path in pair
            if path.name not in there[path.parent]}


def _check_missing(whole: Sequence[Pair], missing: set[Path],
                   problems: list[Problem]) -> None:
    for what in Pair._fields:
        lost = [str(path) for pair in whole
                if (path := getattr(pair, what)) in missing]
        if lost:
            problems.append(Problem(
                f'{len(lost):,} {what}s are missing', first_of(lost),
                f'{explain_missing(lost[0])}; add them, or take their names '
                f'out; see the keys {what}s and {what}_suffix of data',
                len(lost)))
