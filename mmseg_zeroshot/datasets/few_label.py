"""Few-label learning: a few labelled images of every class."""
from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from mmengine.dist import is_main_process
from mmengine.logging import print_log

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.reading import read_json
from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    JSONObject,
)

from .mask_scan import scan_classes

Load = Callable[[dict], np.ndarray]
Draws = dict[str, list[int]]
"""Class name -> positions of its images in the data set."""


class Drawn(NamedTuple):
    """What a draw makes of a data set.

    Attributes:
        indices: (M, ) positions in the whole data set, class by class.
        visible: For each of them the ids of the unseen classes whose labels
            stay: the class it was drawn for, none for a seen one.
        metainfo: The settings and the images of the unseen classes.
    """

    indices: np.ndarray
    visible: tuple[tuple[int, ...], ...]
    metainfo: dict[str, Any]


@dataclass(frozen=True)
class FewLabel:
    """Draw n images of every class from a training set.

    SPNet, section 4.2: for each unseen class n images that hold it are drawn
    at random, and its labels stay in these. Its authors fine-tune on n
    images of every class, seen ones too. An image that is drawn for two
    classes appears twice, each time with the labels of one.

    The draw of a class depends on the seed and the class alone, and that of
    n images is part of that of more: curves over n do not jump by chance.
    It is written to a manifest; where there is one already, its images are
    taken, so that it can be moved to another machine, or written by hand.

    Args:
        num_images: n, images for each class.
        manifest: JSON file that names the drawn images.
        seed: Seed of the draw; not that of the training.
        draw_seen: Draw n images of each seen class, too; else there are
            images of unseen classes only.

    Raises:
        ValueError: ``num_images`` is not positive, ``seed`` negative, or
            ``manifest`` empty.
    """

    num_images: int
    manifest: str
    seed: int = 0
    draw_seen: bool = True

    def __post_init__(self) -> None:
        """Check the settings."""
        for name, value, low in (('num_images', self.num_images, 1),
                                 ('seed', self.seed, 0)):
            if isinstance(value, bool) or not isinstance(
                    value, int) or value < low:
                raise ValueError(f'few: {name} must be an integer of at '
                                 f'least {low}, got {value!r}')
        if not isinstance(self.draw_seen, bool):
            raise ValueError(f'few: draw_seen must be True or False, got '
                             f'{self.draw_seen!r}')
        if not self.manifest:
            raise ValueError('few: manifest must name a JSON file')

    @property
    def settings(self) -> ConfigType:
        """What a manifest must agree with."""
        given = asdict(self)
        del given['manifest']
        return given

    def draw(self, infos: Sequence[dict], load: Load,
             split: ClassSplit) -> Drawn:
        """Draw the images, or take those of the manifest.

        Args:
            infos: One data info per image.
            load: Returns the checked label map (H, W) of an info.
            split: Says which classes are seen and unseen.

        Returns:
            The images and what is visible in each.

        Raises:
            ValueError: A class has fewer images than ``num_images``, or the
                manifest is of other settings, classes or images.
        """
        names = _image_names(infos)
        classes = (*(split.seen if self.draw_seen else ()), *split.unseen)
        if os.path.exists(self.manifest):
            draws = self._read(names, classes, split)
            self._check_holds(draws, infos, load, split)
        else:
            held = scan_classes(infos, load, split.num_classes)
            draws = self._fresh(held, classes, split)
            self._write(draws, names, split)
        unseen = {name: [names[i] for i in draws[name]]
                  for name in split.unseen}
        print_log(
            f'few-label: {self.num_images} images for each of '
            f'{len(classes)} classes, named in {self.manifest}', 'current')
        return Drawn(
            np.array([i for name in classes for i in draws[name]]),
            tuple(split.ids([name]) if name in unseen else ()
                  for name in classes for _ in draws[name]),
            dict(self.settings, images=unseen))

    def _fresh(self, presence: np.ndarray, classes: Iterable[str],
               split: ClassSplit) -> Draws:
        """Draw from (N, K) flags of which image holds which id."""
        held = {name: np.flatnonzero(presence[:, split.ids([name])[0]])
                for name in classes}
        few = [f'{name} ({len(images)})' for name, images in held.items()
               if len(images) < self.num_images]
        if few:
            raise ValueError(
                f'few: num_images={self.num_images}, but fewer images hold '
                f'{", ".join(few)}: lower num_images'
                + (', or set draw_seen=False if only seen classes are rare'
                   if self.draw_seen else ''))
        # The images of n are the first of a shuffle that n does not change.
        return {
            name: np.random.default_rng([self.seed, split.ids([name])[0]])
            .permutation(images)[:self.num_images].tolist()
            for name, images in held.items()
        }

    def _write(self, draws: Draws, names: Sequence[str],
               split: ClassSplit) -> None:
        if not is_main_process():
            return
        content = dict(
            self.settings, split=split.name, unseen=list(split.unseen),
            images={name: [names[i] for i in indices]
                    for name, indices in draws.items()})
        with atomic_write(self.manifest, 'w') as file:
            json.dump(content, file, indent=1)

    def _read(self, names: Sequence[str], classes: Sequence[str],
              split: ClassSplit) -> Draws:
        """Return the manifest's draws as positions in the data set."""
        content = _manifest_content(self.manifest)
        wanted = dict(self.settings, unseen=list(split.unseen))
        for key, value in wanted.items():
            if content.get(key) != value:
                raise ValueError(
                    f'few: {self.manifest} was drawn with {key}='
                    f'{content.get(key)!r}, and this run has {value!r}; name '
                    'another manifest, or delete it to draw anew')
        images = content['images']
        for name in classes:
            if len(set(images.get(name, ()))) != self.num_images:
                raise ValueError(
                    f'few: {self.manifest} must name {self.num_images} '
                    f'images of {name!r}, each once')
        place = {name: index for index, name in enumerate(names)}
        unknown = [image for name in classes for image in images[name]
                   if image not in place]
        if unknown:
            raise ValueError(
                f'few: {self.manifest} names {unknown[0]}, which the data '
                'set does not hold: it was drawn from another one')
        return {name: [place[image] for image in images[name]]
                for name in classes}

    def _check_holds(self, draws: Draws, infos: Sequence[dict], load: Load,
                     split: ClassSplit) -> None:
        """Look into the label maps of a manifest's images."""
        pairs = [(name, i) for name, places in draws.items() for i in places]
        found = scan_classes([infos[i] for _, i in pairs], load,
                             split.num_classes)
        for (name, index), ids in zip(pairs, found):
            if not ids[split.ids([name])[0]]:
                raise ValueError(
                    f'few: {self.manifest} names '
                    f'{infos[index].get("img_path")} for {name!r}, but its '
                    'label map holds none')


def build_few_label(few: ConfigPart | FewLabel | None,
                    mode: str) -> FewLabel | None:
    """Check that the settings and the data set's mode belong together.

    Args:
        few: The settings, or None.
        mode: Mode of the data set.

    Returns:
        The settings; None unless the mode is 'few'.

    Raises:
        ValueError: One is there without the other.
        TypeError: A setting is unknown or missing.
    """
    if (few is None) != (mode != 'few'):
        raise ValueError(
            f"mode={mode!r} and few={few!r}: mode='few' takes "
            "few=dict(num_images=…, manifest='….json'), and no other mode "
            'does')
    if few is None or isinstance(few, FewLabel):
        return few
    return FewLabel(**few)


def _image_names(infos: Sequence[dict]) -> list[str]:
    """Name images by their paths below the folder that holds all."""
    paths = [os.fspath(info['img_path']) for info in infos]
    root = os.path.commonpath([os.path.dirname(path) for path in paths])
    return [Path(os.path.relpath(path, root or '.')).as_posix()
            for path in paths]


def _manifest_content(path: str) -> JSONObject:
    try:
        content = read_json(path)
        lists = list(content['images'].values())
    except (ValueError, KeyError, TypeError, AttributeError):
        lists = [None]
    if all(isinstance(names, list) and all(
            isinstance(name, str) for name in names) for names in lists):
        return content
    raise ValueError(f'few: {path} is not a manifest of drawn images; delete '
                     'it to draw anew')
