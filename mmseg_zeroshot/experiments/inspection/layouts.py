"""How a folder of images and masks is laid out."""
from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils.images import open_image
from mmseg_zeroshot.utils.suffixes import (
    Suffixes,
    find_suffixes,
    holds_no_classes,
)

from .listing import Listing, list_files
from .parts import PARTS, find_parts

_OF_MASKS = re.compile(
    r'mask|label|segm|annot|truth|(^|[_\W])(gt|ann|seg)|^gt', re.IGNORECASE)
_OF_IMAGES = re.compile(r'image|img|jpeg|photo|picture|rgb', re.IGNORECASE)
_MOST_FOLDERS = 50
"""So many folders, the largest, are compared."""
_ONE_CHANNEL = ('P', 'L', '1', 'I', 'I;16')


@dataclass(frozen=True)
class Layout:
    """Where images and masks are, in the words of :class:`FolderData`.

    Attributes:
        root: The folder.
        kind: What it looks like, such as ``'VOC'``, for people.
        images: Folder of the images below ``root``; ``'.'`` for itself.
        masks: Folder of the masks below ``root``.
        image_suffix: Ending of image files.
        mask_suffix: Ending of mask files, after the image's name.
        paired: Images that have a mask, in all parts.
        parts: Parts by name, such as ``train``, each a list file below
            ``root`` or a folder below ``images`` and ``masks``. Empty if
            there are neither.
        train: The part to train on; empty if none is named so.
        val: The part to score on; empty if none is named so.
        notes: What was chosen and what else could be, in sentences.
    """

    root: Path
    kind: str
    images: str
    masks: str
    image_suffix: str
    mask_suffix: str
    paired: int
    parts: Mapping[str, str] = field(default_factory=dict)
    train: str = ''
    val: str = ''
    notes: Sequence[str] = ()

    def data(self) -> dict[str, str]:
        """Return the keys of an experiment's ``data`` that say all this."""
        keys = ('images', 'masks', 'image_suffix', 'mask_suffix', 'train',
                'val')
        return dict(root=str(self.root),
                    **{key: getattr(self, key) for key in keys})


@dataclass(frozen=True)
class _Match:
    """Two folders whose files make pairs."""

    images: str
    masks: str
    rules: Sequence[Suffixes]

    @property
    def likeliness(self) -> tuple:
        """Key that is highest for what is most likely meant."""
        rule = self.rules[0]
        unlikely = holds_no_classes(self.masks) or holds_no_classes(rule.mask)
        return (not unlikely, rule.pairs, self.images != self.masks)


def find_layout(root: str | Path, *, images: str = '', masks: str = '',
                image_suffix: str = '', mask_suffix: str = '',
                train: str = '', val: str = '') -> Layout:
    """Recognise how images and masks are laid out.

    Known are VOC's layout with its list files, folders of images and masks
    that hold folders such as ``train`` and ``val`` (endings may differ, as
    in Cityscapes), and flat folders with list files or without. What is
    given is taken as it is.

    Args:
        root: The folder.
        images: Folder of the images below it.
        masks: Folder of the masks below it.
        image_suffix: Ending of image files.
        mask_suffix: Ending of mask files, after the image's name.
        train: Part to train on: a list file or a folder.
        val: Part to score on.

    Raises:
        FileNotFoundError: The root or a part that is given is not there.
        ValueError: Images and masks cannot be told, or do not pair.
    """
    listing = list_files(Path(os.path.expanduser(root)).absolute())
    names = _bases(listing)
    found = [
        _Match(i, m, rules)
        for i in _wanted('images', images, names, listing)
        for m in _wanted('masks', masks, names, listing)
        for rules in [_rules(names, i, m, image_suffix, mask_suffix)] if rules
    ]
    if not found:
        raise _no_pairs(listing, names)
    found.sort(key=lambda match: match.likeliness, reverse=True)
    best = found[0]
    rule = best.rules[0]
    parts = find_parts(listing, names[best.images], names[best.masks],
                       best.images, rule, train, val)
    return Layout(
        root=listing.root, kind=_kind(best, parts.parts), images=best.images,
        masks=best.masks, image_suffix=rule.image, mask_suffix=rule.mask,
        paired=rule.pairs, parts=parts.parts, train=parts.train,
        val=parts.val, notes=(*_choices(found), *parts.notes))


def _bases(listing: Listing) -> dict[str, list[str]]:
    """Return names of image files by the folder that an option would name."""
    names: dict[str, list[str]] = {}
    for folder, files in listing.images.items():
        base = _base(folder)
        below = Path(folder).relative_to(base).as_posix()
        start = '' if below == '.' else f'{below}/'
        names.setdefault(base, []).extend(start + file for file in files)
    return {base: sorted(files) for base, files in names.items()}


def _base(folder: str) -> str:
    """Return what of a path names images or masks, without a part's name."""
    pieces = [] if folder == '.' else folder.split('/')
    for number, piece in enumerate(pieces):
        if piece.lower() in PARTS and number:
            return '/'.join(pieces[:number])
    for number in range(len(pieces), 0, -1):
        if _role(pieces[number - 1]):
            return '/'.join(pieces[:number])
    return folder


def _role(name: str) -> str:
    """Return what a folder's name says of it, ``'images'`` or ``'masks'``."""
    of_images, of_masks = _OF_IMAGES.search(name), _OF_MASKS.search(name)
    if bool(of_images) == bool(of_masks):
        return ''
    return 'images' if of_images else 'masks'


def _wanted(option: str, given: str, names: Mapping[str, list[str]],
            listing: Listing) -> list[str]:
    """Return the folders that may be those of images, or of masks."""
    given = Path(given).as_posix() if given else ''
    if given and given not in names:
        raise FileNotFoundError(
            f'--{option} {given}: no image files in {listing.root / given}.'
            + hint(given, names))
    if given:
        return [given]
    largest = sorted(names, key=lambda base: -len(names[base]))
    return [base for base in largest[:_MOST_FOLDERS]
            if _holds(listing, base) in (option, 'both')]


def _holds(listing: Listing, base: str) -> str:
    """Return whether a folder holds images or masks, or may hold both."""
    by_name = _role(base.split('/')[-1])
    if by_name:
        return by_name
    kinds = set()
    for folder, files in listing.images.items():
        if _base(folder) == base:
            ends = {Path(file).suffix: file for file in files}
            kinds |= {_holds_file(listing.root / folder / file)
                      for file in ends.values()}
    # Images may also be beside their masks and end alike.
    beside = any(_OF_MASKS.search(name) for folder, files
                 in listing.images.items() if _base(folder) == base
                 for name in files)
    return 'both' if len(kinds) != 1 or beside else kinds.pop()


def _holds_file(path: Path) -> str:
    """Return whether a file looks like an image or a mask."""
    try:
        with open_image(path) as image:
            labels = image.mode in _ONE_CHANNEL and image.format != 'JPEG'
    except (OSError, Image.DecompressionBombError):
        return 'both'
    return 'masks' if labels else 'images'


def _rules(names: Mapping[str, list[str]], images: str, masks: str,
           image_suffix: str, mask_suffix: str) -> list[Suffixes]:
    rules = find_suffixes(names[images], names[masks],
                          image_suffix=image_suffix, mask_suffix=mask_suffix)
    if images != masks:
        return rules
    # In one folder, an image must not be its own mask, nor a mask an image.
    return [rule for rule in rules if rule.image != rule.mask
            and (_OF_MASKS.search(rule.mask)
                 or rule.image.lower() in ('.jpg', '.jpeg'))
            and not _OF_MASKS.search(rule.image)]


def _choices(found: Sequence[_Match]) -> list[str]:
    """Say what else could have been taken for images and masks."""
    best, others = found[0], found[1:]
    notes = []
    for option in ('images', 'masks'):
        folders = {getattr(match, option): match.rules[0].pairs
                   for match in reversed(others)
                   if getattr(match, option) != getattr(best, option)}
        if folders:
            listed = ', '.join(f'{folder} ({pairs:,} pairs)'
                               for folder, pairs in folders.items())
            notes.append(
                f'{option} are those of {getattr(best, option)} '
                f'({best.rules[0].pairs:,} pairs); --{option} takes others: '
                f'{listed}')
    endings = [rule.mask for rule in best.rules[1:]
               if rule.pairs > 0.5 * best.rules[0].pairs]
    if endings:
        notes.append(f'masks end in {best.rules[0].mask}; --mask-suffix takes '
                     f'others: {", ".join(dict.fromkeys(endings))}')
    return notes


def _kind(match: _Match, parts: Mapping[str, str]) -> str:
    """Return what a layout is called."""
    if match.images.endswith('JPEGImages'):
        return 'VOC'
    if not parts:
        return 'flat folders, no parts'
    lists = any(part.endswith('.txt') for part in parts.values())
    return 'flat folders with lists' if lists else 'folders with parts'


def _no_pairs(listing: Listing, names: Mapping[str, list[str]]) -> ValueError:
    """Return the error of a folder that is not understood."""
    outer = [base for base in names if base.split('/')[0].lower() in PARTS]
    shown = ', '.join(f'{base} ({len(files):,})'
                      for base, files in list(names.items())[:8])
    if outer:
        advice = (f'{outer[0]} has the part first: the part must be the inner '
                  'folder, images/train and masks/train; link or move the '
                  'folders so')
    else:
        advice = ('looked for JPEGImages with SegmentationClass, for '
                  'images/train with masks/train and for images beside masks '
                  'of the same names; name the folders with --images and '
                  '--masks, endings with --image-suffix and --mask-suffix, '
                  'parts with --train and --val')
    return ValueError(
        f'no pairs of images and masks below {listing.root}: {advice}. '
        f'Folders with image files: {shown or "none"}')
