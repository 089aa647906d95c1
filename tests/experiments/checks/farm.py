"""A tiny experiment on images of one's own, which nothing is wrong with."""
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmseg_zeroshot.experiments.checks import (
    Finding,
    Report,
    Resources,
    check_experiment,
)
from mmseg_zeroshot.experiments.experiment import Experiment, read_experiment

from ..tiny_folders import CLASSES, write_voc

PLENTY = Resources(disk=10**12, memory=10**12)
TEXT = """
data = dict(
    root='{root}', classes='{classes}', crop=64, batch_size=2, num_workers=0,
    train='ImageSets/Segmentation/train.txt',
    val='ImageSets/Segmentation/val.txt')
split = dict(unseen=['bus'], validation=['car'])
network = 'deeplabv3plus_efficientnet-lite0'
options = dict(all={{'model.backbone.pretrained': False}})
"""


def write_farm(folder: Path, text: str = '', *,
               classes: Sequence[str] = CLASSES) -> Path:
    """Write twelve images and an experiment; return its file."""
    if not (folder / 'data').exists():
        write_voc(folder / 'data', count=12)
    path = folder / 'farm.py'
    path.write_text(TEXT.format(root=folder / 'data',
                                classes=','.join(classes)) + text)
    return path


def farm(folder: Path, text: str = '', **options: Any) -> Experiment:
    """The experiment, with lines that change it."""
    experiment = read_experiment(write_farm(folder, text))
    for step, values in options.items():
        experiment.options.setdefault(step, {}).update(  # type: ignore
            values)
    return experiment


def check(experiment: Experiment, *methods: str, **arguments: Any) -> Report:
    """Check methods without their calibration, unless it is asked for."""
    given: dict[str, Any] = dict(calibrate=False, resources=PLENTY)
    return check_experiment(experiment, methods or ('seen', ),
                            **{**given, **arguments})


def only_error(report: Report) -> Finding:
    """The one error of a report."""
    assert len(report.errors) == 1, str(report)
    return report.errors[0]
