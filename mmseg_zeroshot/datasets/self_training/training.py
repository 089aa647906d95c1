"""Self-training: labels that a trained model gave to unlabelled pixels."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mmengine.logging import print_log

from mmseg_zeroshot.datasets.fingerprints import (
    differences,
    file_contents,
)
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils import file_sha256
from mmseg_zeroshot.utils.typing_utils import ConfigPart, JSONObject

from .files import (
    MANIFEST,
    REPEAT,
    ImageEntry,
    Manifest,
    map_path,
    read_manifest,
)
from .images import MODES, Groups, Load, Mixed, UnlabelledImages
from .selection import check_percent

_KEYS = ('path', 'checkpoint', 'p', 'unlabelled')


@dataclass(frozen=True)
class PseudoLabels(UnlabelledImages):
    """Pseudo-labels in a training set (ZS5Net: ZS3Net, section 2.2).

    Pixels without a label of their own get that of the pseudo-label map,
    where it has one. Which images that concerns is said by
    :class:`UnlabelledImages`; an image without any label is left out.

    Args:
        path: Folder that ``mmseg-zeroshot pseudo-label`` wrote.
        checkpoint: File of the model that they must be of. Default: None,
            not checked.
        p: Percentage that they must have been made with. Default: None, not
            checked.
        unlabelled: See :class:`UnlabelledImages`; must be as it was when
            they were made.

    Raises:
        ValueError: ``path`` is missing or ``p`` out of range.
    """

    path: str = ''
    checkpoint: str | None = None
    p: float | None = None

    def __post_init__(self) -> None:
        """Check the settings."""
        if not self.path:
            raise ValueError("pseudo_labels needs 'path', the folder that "
                             'mmseg-zeroshot pseudo-label wrote')
        if self.p is not None:
            check_percent(self.p)

    def mix(self, infos: Sequence[dict], load: Load, split: ClassSplit,
            mode: str) -> Mixed:
        """Return the images to train on and where their pseudo-labels are.

        Args:
            infos: As :meth:`without_labels` gives them.
            load: Returns the checked label map (H, W) of an info.
            split: The split.
            mode: 'ignore' or 'drop'.

        Raises:
            FileNotFoundError: There are no finished pseudo-labels.
            ValueError: They are of another model, split, percentage or of
                other images, or a map is missing or half-written.
        """
        folder = Path(self.path)
        manifest = self._manifest(folder, split, mode)
        groups = self.groups(infos, load, split, mode)
        self._check_images(folder, manifest['images'], groups, mode,
                           set(map(str, split.unseen_ids)))
        self._check_contents(folder, manifest['data'], groups, mode, infos)
        images, everywhere = manifest['images'], self.everywhere(mode)
        indices, additions = [], []
        for index, name in enumerate(groups.names):
            whole = bool(groups.unlabelled[index])
            kept = images[name]['kept'] if whole or everywhere else {}
            if kept:
                extra = dict(
                    unlabelled=whole, pseudo_label_path=str(
                        map_path(folder, name)),
                    visible_unseen_ids=tuple(sorted(map(int, kept))))
            elif groups.labelled[index]:
                extra = {}
            else:
                continue
            indices.append(index)
            additions.append(extra)
        self._report(additions, manifest)
        return Mixed(
            np.array(indices), tuple(additions),
            tuple(groups.names[i] for i in indices),
            dict({key: manifest[key] for key in
                  ('p', 'round', 'checkpoint', 'supervision', 'gamma')},
                 path=self.path))

    def _manifest(self, folder: Path, split: ClassSplit,
                  mode: str) -> Manifest:
        """Read the manifest and compare it with what is expected."""
        manifest = read_manifest(folder)
        wanted: JSONObject = dict(
            split=split.to_dict(), mode=mode,
            listed=self.unlabelled is not None)
        if self.checkpoint is not None:
            wanted['checkpoint'] = file_sha256(self.checkpoint)
        if self.p is not None:
            wanted['p'] = float(self.p)
        wrong = differences(wanted, manifest)
        if wrong:
            raise ValueError(
                f'pseudo-labels {folder} do not belong to this run: '
                f'{"; ".join(wrong)}. Make some that do with {REPEAT} --out '
                f'{folder} --overwrite, or name another folder')
        return manifest

    def _check_images(self, folder: Path, images: Mapping[str, ImageEntry],
                      groups: Groups, mode: str, known: set[str]) -> None:
        """Every image that needs a map must have one, whole."""
        for name, whole in zip(groups.names, groups.unlabelled):
            if not (whole or self.everywhere(mode)):
                continue
            if name not in images:
                raise ValueError(
                    f'{folder / MANIFEST} has no image {name!r}: the '
                    'pseudo-labels were made for other images')
            entry = images[name]
            if not set(entry['kept']) <= known:
                raise ValueError(
                    f'{folder / MANIFEST} has pseudo-labels of other than '
                    f'unseen classes for {name!r}: it was changed')
            if entry['unlabelled'] != bool(whole):
                raise ValueError(
                    f'image {name!r} is {"un" * bool(whole)}labelled here '
                    f'and was not so when {folder} was made')
            _check_map(map_path(folder, name), entry['bytes'])

    def _check_contents(self, folder: Path, known: Mapping[str, str],
                        groups: Groups, mode: str,
                        infos: Sequence[dict]) -> None:
        """Every image that has a map must be the one that was labelled."""
        everywhere = self.everywhere(mode)
        paths = {name: infos[i]['img_path']
                 for i, name in enumerate(groups.names)
                 if everywhere or groups.unlabelled[i]}
        for name, found in zip(paths, file_contents([*paths.values()])):
            if known.get(name) != found:
                raise ValueError(
                    f'image {paths[name]} is not the one of that name which '
                    f'{folder} was made for: the pseudo-labels were made for '
                    f'other images; make some for these with {REPEAT} --out '
                    f'{folder} --overwrite')

    def _report(self, additions: Sequence[Mapping],
                manifest: Manifest) -> None:
        mixed = sum('pseudo_label_path' in extra for extra in additions)
        if not mixed:
            raise ValueError(
                f'pseudo-labels {self.path} label no pixel: the model '
                'predicts no unseen class there; lower its bias to seen '
                'classes (decode_head.gamma), or take another model')
        print_log(
            f'{mixed} of {len(additions)} training images have pseudo-labels '
            f'of {manifest["checkpoint_name"]}, p = {manifest["p"]:g} %',
            'current')


def _check_map(path: Path, size: int) -> None:
    """Raise unless a map is as long as the manifest says."""
    try:
        found = path.stat().st_size
    except OSError:
        found = None
    if found != size:
        what = ('is missing' if found is None else
                f'has {found} bytes instead of {size}')
        raise ValueError(
            f'pseudo-label map {path} {what}: run the same {REPEAT} again, '
            'which writes what is missing')


def build_pseudo_labels(
        given: ConfigPart | UnlabelledImages | None,
        mode: str) -> UnlabelledImages | None:
    """Check that the settings and the data set's mode belong together.

    Args:
        given: Arguments of :class:`PseudoLabels`, such an object, or None.
        mode: Mode of the data set.

    Returns:
        The object; None if there is none.

    Raises:
        ValueError: A key is unknown, or the mode takes no pseudo-labels.
    """
    if given is None:
        return None
    if mode not in MODES:
        raise ValueError(
            f'pseudo_labels are for mode={" or ".join(map(repr, MODES))}, got '
            f'mode={mode!r}')
    if isinstance(given, UnlabelledImages):
        return given
    for key in given:
        if key not in _KEYS:
            raise ValueError(f'unknown key {key!r} in pseudo_labels.'
                             + hint(str(key), _KEYS))
    return PseudoLabels(**given)
