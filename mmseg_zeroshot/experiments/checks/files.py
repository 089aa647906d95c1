"""The images and masks of all steps: which files are there."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mmseg_zeroshot.datasets.compositions import CompositionsDataset
from mmseg_zeroshot.datasets.inner_dataset import DataInfos, build_inner
from mmseg_zeroshot.experiments.inspection import (
    PartPairs,
    Problem,
    pairs,
    pairs_of_infos,
    shared_images,
)
from mmseg_zeroshot.experiments.mmseg_data import type_name
from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigValue

from .building import silence
from .data_sets import IMAGES, inner
from .finding import Finding, Section
from .subject import Subject


@dataclass(frozen=True)
class Part:
    """Images that a loader of some steps reads.

    Attributes:
        place: Key of the experiment file, or config key of a step.
        pairs: The images and masks.
        num_ids: Classes of the data set.
        reduce_zero_label: Whether the masks' 0 is no label.
    """

    place: str
    pairs: PartPairs
    num_ids: int
    reduce_zero_label: bool = False


@dataclass(frozen=True)
class Parts:
    """All images of a run, each part once.

    Attributes:
        by_config: Parts by ``repr`` of the inner data set's config.
        section: What is wrong with them.
    """

    by_config: Mapping[str, Part]
    section: Section

    def of(self, dataset: ConfigValue) -> Part | None:
        """Return the part that a data set reads, None if it is not known.

        Args:
            dataset: Its config, in wrappers or not.
        """
        return self.by_config.get(repr(inner(dataset)))


def find_parts(subject: Subject) -> Parts:
    """Find the images and masks of all steps.

    Args:
        subject: What is checked.
    """
    parts: dict[str, Part] = {}
    findings: list[Finding] = []
    lost: set[str] = set()
    for place, config, num_ids in _data_sets(subject):
        part = _part(subject, place, config, num_ids)
        root = _lost_root(config) if _is_wrong(part) else ''
        if root:
            # Said once, and not of every list and folder below.
            if root not in lost:
                findings.append(_no_folder(subject, place, root))
            lost.add(root)
            continue
        if isinstance(part, Part):
            parts[repr(config)] = part
            findings += problem_findings(part.place, part.pairs.problems)
        else:
            findings.append(part)
    findings += _in_both(subject, parts)
    counts = ', '.join(f'{len(p.pairs):,} of {p.pairs.part or p.place}'
                       for p in parts.values())
    return Parts(parts, Section('images and masks', counts or 'none',
                                findings))


def problem_findings(place: str,
                     problems: Iterable[Problem]) -> list[Finding]:
    """Return findings of problems that were seen in files.

    Args:
        place: Where the files are named.
        problems: What is wrong.
    """
    return [Finding('error' if problem.fatal else 'warning', place,
                    f'{problem.what} ({problem.place})', problem.mend)
            for problem in problems]


def _data_sets(subject: Subject) -> Iterator[tuple[str, ConfigValue, int]]:
    """Yield place, config and number of classes of each inner data set."""
    found: dict[str, tuple[list[str], str, ConfigValue, int]] = {}
    for key in IMAGES:
        for steps, config in subject.parts(key, 'dataset'):
            if config.get('type') == 'ZeroShotDataset':
                number = build_split(config['split']).num_classes
                found.setdefault(repr(inner(config)), (
                    [], f'{key}.dataset', inner(config), number))[0].extend(
                        steps)
    for names, place, config, number in found.values():
        yield subject.place(list(dict.fromkeys(names)), place), config, number
    folder = subject.experiment.folder
    if folder and not found:
        for name in (folder.train, folder.val):
            yield 'data', folder.dataset(name), len(folder.class_names)


def _part(subject: Subject, place: str, config: ConfigValue,
          num_ids: int) -> Part | Finding:
    folder = subject.experiment.folder
    if folder:
        for key in ('train', 'val'):
            if config == folder.dataset(getattr(folder, key)):
                return Part(f"data['{key}']",
                            pairs(folder, getattr(folder, key)), num_ids)
    try:
        with silence():
            built = build_inner(config, lazy_init=True)
            if _not_drawn(built):
                return Finding('info', place, 'its images are drawn when '
                               'they are first used')
            built.full_init()
    # Data sets of anybody's may raise anything where files are missing.
    except Exception as error:
        return Finding(
            'error', place, f'the data set is not there, '
            f'{str(error) or _first_missing(config)}',
            'put it there or link it, or change its paths',
            str(config.get('data_root', type_name(config))))
    first = getattr(built, 'datasets', [built])[0]
    return Part(place, pairs_of_infos(DataInfos(built)), num_ids,
                bool(getattr(first, 'reduce_zero_label', False)))


def _is_wrong(part: Part | Finding) -> bool:
    if isinstance(part, Finding):
        return part.severity == 'error'
    return any(problem.fatal for problem in part.pairs.problems)


def _lost_root(config: ConfigPart) -> str:
    """Return the first root of a data set that is no folder, or nothing."""
    roots = (str(one.get('data_root') or '')
             for one in config.get('datasets', [config]))
    return next((root for root in roots
                 if root and not Path(root).is_dir()), '')


def _no_folder(subject: Subject, place: str, root: str) -> Finding:
    folder = subject.experiment.folder
    return Finding(
        'error', "data['root']" if folder and folder.root == root else place,
        f'no folder {root}', 'put the data set there or link it, or change '
        'the path')


def _not_drawn(dataset: object) -> bool:
    return (isinstance(dataset, CompositionsDataset)
            and not Path(dataset.data_root).is_dir())


def _first_missing(config: ConfigPart) -> str:
    """Return the first path that a data set names and that is not there."""
    root = Path(config.get('data_root') or '')
    named = [config.get('ann_file'), *(config.get('data_prefix') or
                                       {}).values()]
    missing = [root / path for path in named
               if path and not (root / path).exists()]
    return f'no {missing[0]}' if missing else 'a path that it names is wrong'


def _in_both(subject: Subject, parts: Mapping[str, Part]) -> list[Finding]:
    """Look for images that are trained on and scored on."""
    found: dict[str, Part] = {}
    for key in ('train_dataloader', 'val_dataloader'):
        for _, config in subject.parts(key, 'dataset'):
            part = parts.get(repr(inner(config)))
            if part:
                found.setdefault(key, part)
    if len(found) < 2:
        return []
    train, val = found.values()
    return problem_findings(val.place, shared_images(train.pairs, val.pairs))
