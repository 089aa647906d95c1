"""All checks of an experiment, in the order of what they need."""
from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from mmseg_zeroshot.datasets.inner_dataset import mmseg_scope
from mmseg_zeroshot.experiments.experiment import Experiment
from mmseg_zeroshot.experiments.methods import make_plan
from mmseg_zeroshot.experiments.plan import Plan

from .agreement import check_agreement
from .checkpoints import check_checkpoints
from .data_sets import DataSets
from .duration import estimate_duration
from .files import find_parts
from .finding import Finding, Report, Section
from .masks import Masks
from .names import check_names
from .networks import Networks
from .runner_parts import RunnerParts
from .space import check_space
from .subject import Resources, Subject
from .surroundings import check_surroundings
from .words import Words, check_words


def check_before_run(experiment: Experiment, plan: Plan, *,
                     seeds: Sequence[int] = (0, ),
                     work_dir: Path | None = None, all_masks: bool = False,
                     done: Collection[str] = (),
                     resources: Resources | None = None) -> Report:
    """Look for everything that could fail later. Nothing is trained.

    Args:
        experiment: The experiment.
        plan: The steps of the methods that will run.
        seeds: Seeds of the run.
        work_dir: Folder of the run; by default ``work_dirs/EXPERIMENT``.
        all_masks: Whether all masks are read, and not a sample.
        done: Names of steps that have nothing left to do. They need no disk
            and no time.
        resources: What the machine has left; measured by default.

    Returns:
        What was looked at and what was found.
    """
    folder = work_dir or Path('work_dirs', experiment.name)
    subject = Subject(
        experiment=experiment, steps=plan.steps, seeds=seeds, work_dir=folder,
        resources=resources or Resources.measure(folder),
        all_masks=all_masks, done=done)
    with mmseg_scope(), torch.random.fork_rng(devices=[]):
        return _Checks(subject).run()


def check_experiment(experiment: Experiment, methods: Sequence[str], *,
                     calibrate: bool = True, seeds: Sequence[int] = (0, ),
                     work_dir: Path | None = None, all_masks: bool = False,
                     resources: Resources | None = None) -> Report:
    """Plan methods on an experiment, and check it.

    An experiment of which no steps can be made is checked as far as that
    goes: its words, files and masks.

    Args:
        experiment: The experiment.
        methods: Such as ``['spnet', 'zs3net']``.
        calibrate: Whether gamma is chosen.
        seeds: Seeds of the run.
        work_dir: Folder of the run.
        all_masks: Whether all masks are read.
        resources: What the machine has left; measured by default.
    """
    begun = time.perf_counter()
    plan, findings = Plan(experiment), []
    try:
        plan = make_plan(experiment, methods, calibrate=calibrate)
    except (OSError, ValueError, TypeError, KeyError) as error:
        findings.append(Finding(
            'error', str(experiment.path or experiment.name),
            'its steps cannot be made, '
            f'{str(error.args[0] if error.args else error).rstrip(".")}',
            'change this in the experiment file'))
    findings += [Finding('info', 'options', note) for note in plan.notes()]
    planned = Section(
        'steps', f'{len(plan.steps)} of {" ".join(methods)}', findings,
        time.perf_counter() - begun)
    report = check_before_run(
        experiment, plan, seeds=seeds, work_dir=work_dir,
        all_masks=all_masks, resources=resources)
    return Report([planned, *report.sections])


class _Checks:
    """Runs the checks, one after the other, and times them.

    Args:
        subject: What is checked.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.sections: list[Section] = []
        self._begun = time.perf_counter()

    def run(self) -> Report:
        """Run all checks."""
        subject = self.subject
        self._add(check_surroundings(subject))
        self._add(check_names(subject.experiment))
        words = check_words(subject)
        self._add(words.section)
        networks, parts = self._configs(words)
        self._add(check_checkpoints(subject, networks, parts))
        files = find_parts(subject)
        self._add(files.section)
        masks = Masks(subject, files)
        self._add(masks.section)
        if subject.steps:
            self._add(check_space(subject, networks, masks))
            self._add(estimate_duration(subject, files))
        return Report(self.sections)

    def _configs(self, words: Words) -> tuple[Networks, RunnerParts]:
        """Build what the configs of the steps describe."""
        subject = self.subject
        networks = Networks(subject, words)
        self._add(Section('networks', f'{networks.count} different',
                          networks.findings))
        parts = RunnerParts(subject, networks)
        self._add(Section('hooks, optimizers, loops', f'{parts.count} '
                          'different', parts.findings))
        data = DataSets(subject)
        findings = [*data.findings,
                    *check_agreement(subject, networks, parts)]
        self._add(Section('data sets and pipelines', f'{data.count} '
                          'different', findings))
        return networks, parts

    def _add(self, section: Section) -> None:
        """Add what was found since the last section."""
        now = time.perf_counter()
        self.sections.append(replace(section, seconds=now - self._begun))
        self._begun = now
