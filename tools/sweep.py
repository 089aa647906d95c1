"""Tune config keys over a grid, on validation classes.

Examples:
    # one training for each value; the split holds validation classes out
    ZS_DEMO_SPLIT=compositions-k8-cv python tools/sweep.py CONFIG \\
        --key model.decode_head.unseen_prior=0.01,0.03,0.1 --seeds 0 1 2

    # a step of a recipe: the steps before it run once
    ZS_DEMO_SPLIT=compositions-k8-cv python tools/sweep.py \\
        zs_mmd_compositions --step final \\
        --key model.decode_head.recursion.tau=0.5,0.7,0.9 \\
        --key model.decode_head.recursion.gamma=0.00625,0.0125,0.025

Validation classes are seen classes that are held out of all steps and take the
place of the unseen ones; a split that holds none out is refused, because its
unseen classes are the real ones. `--oracle` tunes on these: an upper bound,
labelled so wherever it is shown.

Runs are those of tools/run_recipe.py: what is done is skipped, an unfinished
training is resumed. The work dir gets `sweep.json` (scores of all runs),
`values.json` (the best point, for `{step.value:KEY}` in a recipe), `sweep.md`
(the table) and `sweep.png` (a curve over one numeric key, else a heat map of
the first two keys at the best values of the others).
"""
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from mmengine.config import Config, DictAction

from mmseg_zeroshot.engine.recipes import (
    Recipe,
    Step,
    StepFailed,
    Sweep,
    Task,
    load_recipe,
    make_sweep,
    make_tasks,
    plan,
    run_tasks,
)
from mmseg_zeroshot.engine.recipes.recipe import VALUES, quiet
from mmseg_zeroshot.engine.recipes.state import DONE, RESULTS, read_marker
from mmseg_zeroshot.results import Record, read_records
from mmseg_zeroshot.results.record import score_values
from mmseg_zeroshot.utils import atomic_write, resumable_exit_code
from mmseg_zeroshot.utils.tables import score_headings, text_table
from mmseg_zeroshot.visualization import (
    SWEEP_SCORES,
    best_point,
    save_sweep,
    sweep_rows,
)
from mmseg_zeroshot.visualization.sweeps import Point

ROOT = Path(__file__).resolve().parents[1]


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; those of the process by default.
    """
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'target', help='config to train, or name or path of a recipe')
    parser.add_argument(
        '--key', nargs='+', action=DictAction, required=True,
        metavar='KEY=V1,V2', help='config key and the values to try, lists as '
        'KEY=[[1,2],[3]]; given several times: all combinations')
    parser.add_argument(
        '--step', nargs='+', default=[], metavar='NAME',
        help='steps of the recipe whose config has the keys')
    parser.add_argument(
        '--score-step', default='', metavar='NAME', help='step that is '
        'scored (default: the last that reports and depends on the keys)')
    parser.add_argument(
        '--score', choices=SWEEP_SCORES, default='hIoU',
        help='what the best value is best in (default: hIoU)')
    parser.add_argument(
        '--oracle', action='store_true',
        help='tune on the real unseen classes, for an upper bound')
    parser.add_argument('--work-dir', type=Path,
                        help='default: work_dirs/sweep_TARGET')
    parser.add_argument('--seeds', type=int, nargs='+', default=[0])
    parser.add_argument('--dry-run', action='store_true',
                        help='print the steps and their commands')
    parser.add_argument('--cfg-options', nargs='+', default=[],
                        metavar='KEY=VALUE',
                        help='config keys to change in every step')
    args = parser.parse_args(argv)
    args.key = {key: value if isinstance(value, list) else [value]
                for key, value in args.key.items()}
    wrong = [text for text in args.cfg_options if '=' not in text]
    if wrong:
        parser.error(f'--cfg-options takes KEY=VALUE, got {wrong[0]!r}')
    return args


def read_target(target: str) -> Recipe:
    """Return a recipe; a config becomes one with the step ``'run'``.

    Args:
        target: Config file, or name or path of a recipe.

    Raises:
        ValueError: there is no such recipe, or it is wrong.
    """
    path = Path(target)
    if path.suffix != '.py' or not path.is_file():
        return load_recipe(target, ROOT)
    with quiet():
        config = Config.fromfile(path, import_custom_modules=False)
    if 'steps' in config:
        return load_recipe(target, ROOT)
    step = Step('run', 'train', config=str(path.resolve()), report=True)
    return Recipe(path.stem, (step, ), ROOT)


def collect(sweep: Sweep, tasks: Sequence[Task]) -> list[Point]:
    """Return the scores of every point, of the runs that are done.

    Args:
        sweep: The sweep.
        tasks: Its tasks.

    Returns:
        For each point its ``values``, ``seeds``, and ``scores``: a list over
        seeds for each of ``SWEEP_SCORES``, in percent, None where undefined.
    """
    points = []
    for point in sweep.points:
        done = [task for task in tasks
                if task.step.name == sweep.scored[point.name]
                and read_marker(task, DONE)]
        records = [read_records(task.folder / RESULTS)[0] for task in done]
        points.append(Point(
            values=point.values,
            seeds=[task.seed for task in done],
            scores={name: [_score(record, name) for record in records]
                    for name in SWEEP_SCORES}))
    return points


def _score(record: Record, name: str) -> float | None:
    """Return a score of ``SWEEP_SCORES``, such as ``'unseen mIoU'``."""
    places = {heading.lower(): value for heading, value in zip(
        score_headings(), score_values(record))}
    return places[name.lower()]


def write_outputs(sweep: Sweep, tasks: Sequence[Task], work_dir: Path,
                  score: str) -> tuple[list[Point], Point | None]:
    """Write table, figures and picture of what is there.

    Args:
        sweep: The sweep.
        tasks: Its tasks.
        work_dir: Where the files go.
        score: What the best point is best in.

    Returns:
        All points and the best one, None without scores.
    """
    points = collect(sweep, tasks)
    best = best_point(points, score)
    content = dict(
        label=sweep.label, split=sweep.split.name,
        tuned_on=list(sweep.split.unseen), score=score,
        best=best and best['values'], points=points)
    with atomic_write(work_dir / 'sweep.json', 'w') as file:
        json.dump(content, file, indent=1, allow_nan=False)
    header, *rows = sweep_rows(points, best, sweep.label)
    lines = [header, ['--:'] * len(header), *rows]
    with atomic_write(work_dir / 'sweep.md', 'w') as file:
        file.writelines(f'| {" | ".join(row)} |\n' for row in lines)
    if best:
        # For the steps of a recipe that train with the best values.
        with atomic_write(work_dir / VALUES, 'w') as file:
            json.dump(best['values'], file, indent=1)
        save_sweep(work_dir / 'sweep.png', points, best, score=score,
                   title=f'{sweep.split.name} ({sweep.label})')
    return points, best


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.
    """
    sweep = make_sweep(
        read_target(args.target), args.key, steps=args.step,
        score=args.score_step, cfg_options=args.cfg_options,
        oracle=args.oracle)
    work_dir = args.work_dir or Path('work_dirs',
                                     f'sweep_{sweep.recipe.name}')
    tasks = make_tasks(sweep.recipe, args.seeds, work_dir)
    if args.dry_run:
        for number, (task, how, text) in enumerate(
                plan(tasks, args.cfg_options), 1):
            print(f'[{number}/{len(tasks)}] {task.label}: {how}\n    {text}')
        return
    run_tasks(
        tasks, work_dir, cfg_options=args.cfg_options,
        after=lambda: write_outputs(sweep, tasks, work_dir, args.score))
    points, best = write_outputs(sweep, tasks, work_dir, args.score)
    if best is None:
        raise ValueError(
            f'no run has a {args.score}: do the classes '
            f'{", ".join(sweep.split.unseen)} occur in the scored images?')
    rows = sweep_rows(points, best, sweep.label)
    print(text_table(rows, left=len(args.key) + 1))
    print(f'best {args.score} on {", ".join(sweep.split.unseen)} '
          f'({sweep.label}):\n    --cfg-options '
          + ' '.join(f'{k}={v}' for k, v in best['values'].items())
          + f'\nwritten to {work_dir}: sweep.json, sweep.md, sweep.png')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, 1 after an error message, 130 where stopped.
    """
    return resumable_exit_code(
        lambda: run(parse_args(argv)), StepFailed, RuntimeError)


if __name__ == '__main__':
    sys.exit(main())
