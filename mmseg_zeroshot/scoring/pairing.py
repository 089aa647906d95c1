"""Which prediction belongs to which label map, by their names."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from mmseg_zeroshot.utils.suffixes import find_suffixes

from .problems import Kind, Problems

MISSING = Kind('predictions are missing',
               '--partial scores the images that are there; --list names '
               'those to be scored')
EXTRA = Kind('predictions belong to no label map',
             'take them out, or look at the two endings')
DOUBLED = Kind('names stand for more than one file',
               'keep one file for each image')
UNLABELLED = Kind('listed images have no label map',
                  'look at the list and the folder of label maps')


@dataclass(frozen=True)
class Pairs:
    """What is to be scored.

    Attributes:
        files: Name of an image -> its prediction and its label map, sorted.
        missing: Images that have a label map only.
        note: The rule by which names agree, a sentence without a full stop.
    """

    files: dict[str, tuple[str, str]]
    missing: Sequence[str] = field(default_factory=list)
    note: str = ''


def pair_names(predictions: Sequence[str], truth: Sequence[str],
               problems: Problems, *, prediction_suffix: str = '',
               truth_suffix: str = '', listed: Sequence[str] = (),
               partial: bool = False) -> Pairs:
    """Bring names together that are equal up to their endings.

    Folders count where they are alike on both sides; else the names without
    folders must agree, as ``tools/test.py --out`` writes them.

    Args:
        predictions: Names of the predictions' files.
        truth: Names of the label maps' files.
        problems: Takes what does not fit.
        prediction_suffix: Ending of predictions; found if empty.
        truth_suffix: Ending of label maps; found if empty.
        listed: Names of the images to score; all with a label map if empty.
        partial: Whether missing and extra predictions are left out.

    Returns:
        The pairs.

    Raises:
        ValueError: No names agree, so that there is no rule.
    """
    sides = _without_top(predictions), _without_top(truth)
    flat, suffixes = _rule(*sides, prediction_suffix, truth_suffix)
    by_image, labels = (_by_image(side, suffix, flat, problems)
                        for side, suffix in zip(sides, suffixes))
    if listed:
        labels = _listed(labels, listed, problems)
        # A list may name some of many predictions.
        by_image = {image: by_image[image] for image in labels
                    if image in by_image}
    missing = sorted(labels.keys() - by_image.keys())
    if not partial:
        problems.add(MISSING, *missing)
        problems.add(EXTRA, *(by_image[image] for image in sorted(
            by_image.keys() - labels.keys())))
    files = {image: (by_image[image], labels[image])
             for image in sorted(labels.keys() & by_image.keys())}
    note = (f'names: predictions end in {suffixes[0]}, label maps in '
            f'{suffixes[1]}' + (', folders are left out' if flat else ''))
    return Pairs(files, missing, note)


def _without_top(names: Sequence[str]) -> dict[str, str]:
    """Return names without a folder that all of them share -> names."""
    start = ''
    if len(names) > 1:
        first, *others = (PurePosixPath(name).parent.parts for name in names)
        depth = 0
        while all(depth < len(first) and parts[:depth + 1]
                  == first[:depth + 1] for parts in others):
            depth += 1
            if depth >= len(first):
                break
        start = ''.join(f'{part}/' for part in first[:depth])
    return {name.removeprefix(start): name for name in names}


def _rule(predictions: Mapping[str, str], truth: Mapping[str, str],
          prediction_suffix: str,
          truth_suffix: str) -> tuple[bool, tuple[str, str]]:
    """Return whether folders are left out, and the two endings."""
    told = prediction_suffix or truth_suffix
    same = None if told else _same_names(predictions, truth)
    if same is not None:
        return False, same
    found = []
    for flat in (False, True):
        sides = [sorted({_base(name) for name in names} if flat else names)
                 for names in (predictions, truth)]
        rules = find_suffixes(*sides, image_suffix=prediction_suffix,
                              mask_suffix=truth_suffix)
        if rules:
            found.append((-rules[0].pairs, flat, rules[0][:2]))
    if not found:
        raise ValueError(
            'no prediction has the name of a label map: there are '
            f'{_some(predictions)} and {_some(truth)}. Name the two endings '
            'with --prediction-suffix and --truth-suffix')
    return min(found)[1:]


def _same_names(predictions: Mapping[str, str],
                truth: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the two endings where one side has all names of the other."""
    sides = [[PurePosixPath(name) for name in names]
             for names in (predictions, truth)]
    ends = [{path.suffix for path in side} for side in sides]
    if any(len(end) != 1 for end in ends):
        return None
    first, second = ({str(path.with_suffix('')) for path in side}
                     for side in sides)
    if first <= second or second <= first:
        return ends[0].pop(), ends[1].pop()
    return None


def _some(names: Mapping[str, str]) -> str:
    shown = sorted(names.values())[:3]
    return ', '.join(shown) + (', …' if len(names) > 3 else '')


def _base(name: str) -> str:
    return name.rpartition('/')[2]


def _by_image(names: Mapping[str, str], suffix: str, flat: bool,
              problems: Problems) -> dict[str, str]:
    """Return files by the name of their image."""
    images = [((_base(short) if flat else short).removesuffix(suffix), name)
              for short, name in names.items() if short.endswith(suffix)]
    counts = Counter(image for image, _ in images)
    problems.add(DOUBLED, *(name for image, name in images
                            if counts[image] > 1))
    return dict(images)


def _listed(labels: Mapping[str, str], listed: Sequence[str],
            problems: Problems) -> dict[str, str]:
    """Return the label maps of some images; a list may leave folders out."""
    short: dict[str, list[str]] = {}
    for image in labels:
        short.setdefault(_base(image), []).append(image)
    found: dict[str, str] = {}
    for name in listed:
        images = [name] if name in labels else short.get(_base(name), [])
        if len(images) == 1:
            found[images[0]] = labels[images[0]]
        else:
            problems.add(DOUBLED if images else UNLABELLED, name)
    return found
