"""What a tuning found, as files."""
from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmseg_zeroshot.results import Record, read_records
from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.config_text import assignment, comment
from mmseg_zeroshot.utils.typing_utils import ConfigType
from mmseg_zeroshot.visualization.sweeps import (
    SWEEP_SCORES,
    Point,
    best_point,
    save_sweep,
    sweep_rows,
)

from .experiment import Experiment
from .running import Task, state
from .running.folders import RESULTS
from .tuning import Tuning


def scored_points(tuning: Tuning,
                  tasks: Sequence[Task]) -> list[Point]:
    """Return the scores of every point, of the runs that are done.

    Args:
        tuning: The tuning.
        tasks: Its tasks.

    Returns:
        For each point its ``values``, ``seeds``, and ``scores``: a list over
        seeds for each of ``SWEEP_SCORES``, in percent, None where undefined.
    """
    points: list[Point] = []
    for point in tuning.points:
        done = [task for task in tasks
                if task.step.name == tuning.scored[point.name]
                and state(task).kind == 'done']
        records = [read_records(task.folder / RESULTS)[0] for task in done]
        points.append(Point(
            values=point.values, seeds=[task.seed for task in done],
            scores={name: [_score(record, name) for record in records]
                    for name in SWEEP_SCORES}))
    return points


def write_outcome(tuning: Tuning, tasks: Sequence[Task], work_dir: Path,
                  score: str, experiment: Experiment) -> Point | None:
    """Write table, figures, picture and experiment of what is there.

    Args:
        tuning: The tuning.
        tasks: Its tasks.
        work_dir: Where the files go.
        score: What the best point is best in.
        experiment: The experiment that is tuned.

    Returns:
        The best point, None without scores.
    """
    points = scored_points(tuning, tasks)
    best = best_point(points, score)
    content = dict(
        role=tuning.role, split=tuning.split.name,
        tuned_on=list(tuning.split.unseen), score=score,
        best=best and best['values'], points=points)
    with atomic_write(work_dir / 'sweep.json', 'w') as file:
        json.dump(content, file, indent=1, allow_nan=False)
    header, *rows = sweep_rows(points, best, tuning.role)
    lines = [header, ['--:'] * len(header), *rows]
    with atomic_write(work_dir / 'sweep.md', 'w') as file:
        file.writelines(f'| {" | ".join(row)} |\n' for row in lines)
    if best:
        save_sweep(work_dir / 'sweep.png', points, best, score=score,
                   title=f'{tuning.split.name} ({tuning.role})')
    if best and tuning.role != 'oracle':
        with atomic_write(work_dir / 'tuned.py', 'w') as file:
            file.write(tuned_text(tuning, best['values'], work_dir,
                                  experiment))
    return best


def tuned_text(tuning: Tuning, values: ConfigType, work_dir: Path,
               experiment: Experiment) -> str:
    """Return an experiment file that inherits one and has the best values.

    Args:
        tuning: The tuning.
        values: The best values, by config key.
        work_dir: Where the file will be.
        experiment: The experiment that is tuned.
    """
    base = os.path.relpath(experiment.path or '', work_dir)
    begin = os.path.relpath(experiment.place, work_dir)
    # Those of the command line too, which the file that is inherited lacks.
    options = {**experiment.options, **{
        name: {**experiment.options.get(name, {}), **values}
        for name in tuning.targets}}
    text = comment(f'{experiment.name}, with values that were chosen on '
                   f'{", ".join(tuning.split.unseen)}.')
    text += assignment('_base_', base)
    text += assignment('begin', begin)
    text += assignment('options', options)
    if experiment.name in experiment.splits:
        text += assignment('split', experiment.split)
    return text


def _score(record: Record, name: str) -> float | None:
    scores: Any = record['generalised']
    group, _, key = name.rpartition(' ')
    value: float | None = scores[group][key] if group else scores[key]
    return value
