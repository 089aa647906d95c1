"""What the masks hold, and which class has nothing to learn from."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from mmseg_zeroshot.datasets.few_label import FewLabel
from mmseg_zeroshot.experiments.inspection import (
    MaskReport,
    sample_size,
    scan_masks,
)
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigValue

from .data_sets import IMAGES
from .files import Part, Parts, problem_findings
from .finding import Finding, Section
from .subject import Subject, data_split


class Masks:
    """The masks of all steps, each part read once.

    Args:
        subject: What is checked.
        parts: The images and masks.

    Attributes:
        reports: What was read, by ``repr`` of the part's config.
        section: What was found.
    """

    def __init__(self, subject: Subject, parts: Parts) -> None:
        self.parts = parts
        self.reports: dict[str, MaskReport] = {}
        findings: list[Finding] = []
        for key, part in parts.by_config.items():
            report = read_masks(part, subject.all_masks)
            self.reports[key] = report
            findings += problem_findings(part.place, report.problems)
        for place, config in _scored_and_trained(subject):
            found = self.of(config)
            if found:
                findings += _of_classes(place, config, *found)
        read = sum(report.read for report in self.reports.values())
        total = sum(report.total for report in self.reports.values())
        self.section = Section(
            'masks', f'{read:,} of {total:,}'
            + ('' if read == total else ', --all-masks reads all'),
            list(dict.fromkeys(findings)))

    def of(self, dataset: ConfigValue) -> tuple[Part, MaskReport] | None:
        """Return what is known of the images that a data set reads.

        Args:
            dataset: Its config.
        """
        part = self.parts.of(dataset)
        if part is None:
            return None
        key = next(k for k, p in self.parts.by_config.items() if p is part)
        return part, self.reports[key]


def read_masks(part: Part, all_masks: bool) -> MaskReport:
    """Read masks of a part.

    Args:
        part: The images and masks.
        all_masks: Whether all are read, and not a sample.
    """
    return scan_masks(
        part.pairs, num_ids=part.num_ids,
        sample=None if all_masks else sample_size(part.pairs),
        reduce_zero_label=part.reduce_zero_label)


def kept_images(report: MaskReport, dataset: ConfigPart,
                split: ClassSplit) -> np.ndarray:
    """Return how many images hold each value, after hiding.

    Args:
        report: What was read.
        dataset: The data set's config.
        split: Its split.

    Returns:
        Images by value, among those read.
    """
    if dataset.get('mode') == 'drop':
        return report.images_without(split.unseen_ids)
    return report.images


def _scored_and_trained(subject: Subject
                        ) -> Iterator[tuple[str, ConfigPart]]:
    """Yield each data set of images that a step trains on or is scored on."""
    for key in IMAGES:
        for steps, config in subject.parts(key, 'dataset'):
            if data_split(config) and config.get('type') == 'ZeroShotDataset':
                yield subject.place(steps, f'{key}.dataset'), config


def _of_classes(place: str, config: ConfigPart, part: Part,
                report: MaskReport) -> list[Finding]:
    """Look for classes without a pixel, and for too few drawn images."""
    split = data_split(config)
    if split is None or not report.read:
        return []
    # Where the file says it all, a class is named once for all steps.
    held_out = ' (with validation classes held out)' * split.held_out
    where = f'{part.place}{held_out}'
    if config.get('mode') == 'keep':
        return _unscored(where, split, report)
    if config.get('mode') == 'few':
        return _too_few(place, config, split, report)
    return _untrained(where, config, split, report)


def _untrained(place: str, config: ConfigPart, split: ClassSplit,
               report: MaskReport) -> list[Finding]:
    counts = kept_images(report, config, split)
    names = [name for name, i in zip(split.seen, split.seen_ids)
             if not counts[i]]
    if not names:
        return []
    dropped = config.get('mode') == 'drop'
    finding = Finding(
        'error', place, f'no training pixel of seen {_listed(names)}'
        + (' is left once images with an unseen class are dropped'
           if dropped else '') + _of_sample(report),
        "add images of it, or name it in split's 'ignored'"
        + (", or set mode = 'ignore'" if dropped else ''))
    return [_unsure(finding, report)]


def _unscored(place: str, split: ClassSplit,
              report: MaskReport) -> list[Finding]:
    groups = dict(unseen=(split.unseen, split.unseen_ids),
                  seen=(split.seen, split.seen_ids))
    findings = []
    for group, (names, ids) in groups.items():
        absent = [name for name, i in zip(names, ids)
                  if not report.images[i]]
        if absent:
            findings.append(Finding(
                'warning' if group == 'unseen' else 'info', place,
                f'no pixel of {group} {_listed(absent)} to score'
                + _of_sample(report),
                'score on images that hold it' if group == 'unseen' else ''))
    return findings


def _too_few(place: str, config: ConfigPart, split: ClassSplit,
             report: MaskReport) -> list[Finding]:
    """Compare n of few-label learning with the images that hold a class."""
    few = FewLabel(**config['few'])
    names = (*(split.seen if few.draw_seen else ()), *split.unseen)
    rare = [f'{name} ({report.scaled(int(report.images[i]))})'
            for name, i in zip(names, split.ids(names))
            if report.images[i] * report.total < few.num_images * report.read]
    if not rare:
        return []
    return [_unsure(Finding(
        'error', place, f'{few.num_images} images of each class are to be '
        f'drawn, but fewer hold {", ".join(rare)}' + _of_sample(report),
        'lower num_images', str(few.num_images)), report)]


def _unsure(finding: Finding, report: MaskReport) -> Finding:
    """Make a warning of an error that only a sample of masks shows."""
    if not report.is_sample:
        return finding
    return replace(finding, severity='warning',
                   mend=f'read all with --all-masks; then {finding.mend}')


def _of_sample(report: MaskReport) -> str:
    return (f' in {report.read:,} of {report.total:,} masks'
            if report.is_sample else '')


def _listed(names: Sequence[str]) -> str:
    return ('class ' if len(names) == 1 else 'classes ') + ', '.join(names)
