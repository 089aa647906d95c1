"""The parts of a data set: folders, or list files."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mmseg_zeroshot.utils.suffixes import Suffixes

from .listing import Listing

_TRAIN = ('train', 'training')
_VAL = ('val', 'valid', 'validation', 'dev', 'test', 'testing')
"""Names of parts to score on, the one that is taken first first."""
PARTS = frozenset(
    f'{name}{year}' for name in (*_TRAIN, *_VAL)
    for year in ('', '2012', '2014', '2017'))
"""Names of folders that are parts."""
_FIRST_LINES = 20


@dataclass(frozen=True)
class Parts:
    """The parts that were found.

    Attributes:
        parts: By name, each a list file or a folder.
        train: The one to train on; empty if there is none.
        val: The one to score on; empty if there is none.
        notes: What was chosen, in sentences.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    train: str = ''
    val: str = ''
    notes: Sequence[str] = ()


def find_parts(listing: Listing, images: Sequence[str],
               masks: Sequence[str], folder: str, rule: Suffixes,
               train: str = '', val: str = '') -> Parts:
    """Find the parts of a data set.

    Folders count before list files, unless a list is given.

    Args:
        listing: All files.
        images: Names of the images below their folder.
        masks: Names of the masks below theirs.
        folder: The images' folder, for messages.
        rule: How they pair.
        train: The part to train on, if it is given.
        val: The part to score on, if it is given.

    Raises:
        FileNotFoundError: A part that is given is not there.
    """
    known = set(masks)
    names = [image[:-len(rule.image)] for image in images
             if image.endswith(rule.image)]
    paired = [name for name in names if name + rule.mask in known]
    found = _folders(paired) or _lists(listing, paired)
    sizes = {name: size for name, (_, size) in found.items()}
    parts = {name: part for name, (part, _) in found.items()}
    for option, given in (('train', train), ('val', val)):
        _check_given(option, given, listing.root, folder, paired)
    chosen_train = train or parts.get(_best_train(sizes), '')
    chosen_val = val or parts.get(_best_val(parts), '')
    others = [f'{name} ({size:,} pairs)' for name, size in sizes.items()
              if parts[name] not in (chosen_train, chosen_val)]
    notes = [f'parts that are not used: {", ".join(others)}; --train and '
             '--val name others'] if others else []
    return Parts(parts, chosen_train, chosen_val, notes)


def _folders(paired: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return parts that are folders, and how many pairs they have."""
    sizes: dict[str, int] = {}
    for name in paired:
        first, slash, _ = name.partition('/')
        if slash and first.lower() in PARTS:
            sizes[first] = sizes.get(first, 0) + 1
    return {name: (name, size) for name, size in sizes.items()}


def _lists(listing: Listing,
           paired: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return list files of paired images, and how many they name."""
    known = set(paired)
    found = {}
    # VOC has lists of other tasks too, in folders beside this one.
    texts = ([t for t in listing.texts if t.startswith('ImageSets/Segmen')]
             or listing.texts)
    for text in texts:
        lines = _lines(listing.root / text)
        if lines and all(line in known for line in lines[:_FIRST_LINES]):
            size = sum(line in known for line in lines)
            found[Path(text).stem] = (text, size)
    return found


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text('utf-8')
    except (OSError, UnicodeDecodeError):
        return []
    return [line.strip() for line in text.splitlines() if line.strip()]


def _best_train(sizes: Mapping[str, int]) -> str:
    """Return the largest part to train on that holds no other's images."""
    names = [n for n in sizes if n.lower().startswith(_TRAIN)
             and not n.lower().startswith('trainval')]
    return max(names, key=lambda name: sizes[name], default='')


def _best_val(parts: Mapping[str, str]) -> str:
    for start in _VAL:
        for name in parts:
            if name.lower().startswith(start):
                return name
    return ''


def _check_given(option: str, given: str, root: Path, folder: str,
                 paired: Sequence[str]) -> None:
    """Refuse a list or a folder that is not there."""
    if given.endswith('.txt') and not (root / given).is_file():
        raise FileNotFoundError(
            f'--{option} {given}: no such file {root / given}')
    if given and not given.endswith('.txt') and not any(
            name.startswith(f'{given}/') for name in paired):
        raise FileNotFoundError(
            f'--{option} {given}: no images with masks in '
            f'{root / folder / given}; a list file must end in .txt')
