"""A toy experiment: four steps whose commands are fake."""
from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmseg_zeroshot.experiments.running import Task, make_tasks, run_tasks
from mmseg_zeroshot.experiments.step import Step, checkpoint_of, folder_of

PROGRAM = (sys.executable, str(Path(__file__).with_name('fake_command.py')))


def toy_steps(words: Any = 'glove-6b-50d', unseen: Sequence[str] = ('cow', ),
              lr: float = 0.001, **seen: Any) -> list[Step]:
    """A plain network, one with words, a bank, and a test.

    Args:
        words: Class vectors.
        unseen: Unseen classes.
        lr: Learning rate of the network with words.
        seen: More keys of the plain network's config.
    """
    split = dict(name='unseen-' + '-'.join(unseen), unseen=list(unseen))
    plain = dict(model=dict(type='Net', width=8), log_level='INFO', **seen)
    projected = dict(
        model=dict(type='Net', head=dict(split=split, embeddings=words)),
        train_dataloader=dict(num_workers=2, dataset=dict(split=split)),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=lr)),
        load_from=checkpoint_of('seen'), draw='{seed}')
    return [
        Step('seen', 'train', plain, seeded=False, report=True),
        Step('spnet', 'train', projected, report=True),
        Step('bank', 'build-feature-bank', plain, load='seen',
             arguments=('--out', '{folder}/bank'), seeded=False),
        Step('best', 'test', dict(projected, load_from=None,
                                  bank=folder_of('bank')),
             load='spnet', report=True),
    ]


def run_toy(work_dir: Path, steps: Sequence[Step], seeds: Sequence[int] = (0,),
            **settings: Any) -> list[dict]:
    """Run steps and return the calls of their commands.

    Args:
        work_dir: Folder of the run.
        steps: The steps.
        seeds: The seeds.
        settings: Of ``run_tasks``.
    """
    calls = Path(os.environ['CALLS'])
    calls.unlink(missing_ok=True)
    settings = {'report': lambda text: None, **settings}
    run_tasks(make_tasks(steps, seeds, work_dir), work_dir, **settings)
    return read_calls()


def read_calls() -> list[dict]:
    """Return the calls of commands since the last run began."""
    calls = Path(os.environ['CALLS'])
    return [json.loads(line) for line in calls.read_text().splitlines()
            ] if calls.exists() else []


def names(calls: Sequence[dict]) -> list[str]:
    """Return the names of steps in the order of their calls.

    Args:
        calls: Of :func:`run_toy`.
    """
    return [call['name'] for call in calls]


def task_of(name: str, steps: Sequence[Step], work_dir: Path,
            seed: int = 0) -> Task:
    """Return the task of a step.

    Args:
        name: The step's name.
        steps: All steps.
        work_dir: Folder of the run.
        seed: The seed.
    """
    return next(task for task in make_tasks(steps, [seed], work_dir)
                if task.step.name == name)
