"""Run methods on an experiment: all steps, resumable.

Examples:
    # an experiment file of your own, three seeds, two steps side by side
    mmseg-zeroshot run farm.py spnet zs3net --seeds 0 1 2 --jobs 2

    # what would run and why, with the commands
    mmseg-zeroshot run farm.py zs3net:paper --dry-run

    # on a cluster, by what submitit calls its parameters
    mmseg-zeroshot run voc12-zs3-k4 zs3net --executor slurm \\
        --executor-options slurm_partition=gpu gpus_per_node=1

The command checks the experiment first. Run again, it skips finished steps and
goes on with an unfinished training. A step that reads something else than
before runs again, in a folder of its own. It never deletes finished
work; `mmseg-zeroshot clean` does.

The work dir gets `results.json`, the records of all evaluations,
`results.md`, the table over seeds, and `panel.png`, predictions side by side.
They hold what earlier runs of other methods and seeds have finished too, as
far as the experiment has not changed since.
A step's folder has its whole config, `config.py`, and its log, `log.txt`.
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.experiments.experiment import Experiment
from mmseg_zeroshot.experiments.methods import DEFAULT, make_plan
from mmseg_zeroshot.experiments.plan import GAMMA, Plan
from mmseg_zeroshot.experiments.running import (
    StepsFailed,
    Task,
    describe,
    find_leftovers,
    make_executor,
    make_tasks,
    run_tasks,
    state,
    write_results,
)
from mmseg_zeroshot.experiments.running.folders import RESULTS, is_done
from mmseg_zeroshot.experiments.running.references import chosen_value
from mmseg_zeroshot.results import format_table, read_records
from mmseg_zeroshot.results.tables import variant_cell
from mmseg_zeroshot.utils import resumable_exit_code
from mmseg_zeroshot.utils.cfg_options import parse_options

from ._arguments import make_parser
from ._experiment import (
    add_experiment,
    every_method,
    read_experiment,
    seeds_in,
)


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    add_experiment(parser)
    parser.add_argument('methods', nargs='*', default=list(DEFAULT),
                        metavar='METHOD[:VARIANT]',
                        help=f'default: {" ".join(DEFAULT)}')
    parser.add_argument('--seeds', type=int, nargs='+', default=[0])
    parser.add_argument('--jobs', type=int,
                        help='steps side by side (default: 1, on a cluster '
                        'all that can run)')
    parser.add_argument('--executor', default='local',
                        help='where steps run: local, as processes of this '
                        'machine; slurm; or submitit-local, on this machine '
                        'as on a cluster (default: local)')
    parser.add_argument('--executor-options', nargs='+', default=[],
                        metavar='KEY=VALUE',
                        help="parameters of submitit's AutoExecutor; "
                        'timeout_min is a day by default')
    parser.add_argument('--no-calibration', action='store_true',
                        help='leave out the choice of gamma and its row')
    parser.add_argument('--dry-run', action='store_true',
                        help='print the steps, why they run, and their '
                        'commands; nothing is checked')
    parser.add_argument('--no-check', action='store_true',
                        help='start without checking the experiment')
    # Methods may stand before and behind options.
    return parser.parse_intermixed_args(argv)


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: The experiment, a method or an option is wrong.
        RuntimeError: Steps failed, or another run uses the work dir.
    """
    if args.jobs is not None and args.jobs < 1:
        raise ValueError(f'--jobs must be at least 1, got {args.jobs}')
    experiment = read_experiment(args)
    plan = make_plan(experiment, args.methods,
                     calibrate=not args.no_calibration)
    tasks = make_tasks(plan.steps.values(), args.seeds, args.work_dir)
    for note in plan.notes():
        print(note)
    if args.dry_run:
        print('not checked; mmseg-zeroshot check does')
        for text in describe(tasks, experiment.modules):
            print(text)
        return
    jobs = args.jobs or (1 if args.executor == 'local' else len(tasks))
    executor = make_executor(args.executor, jobs, args.work_dir,
                             parse_options(args.executor_options))
    if not args.no_check:
        check(experiment, plan, tasks, args)
    rows = [*tasks, *earlier_tasks(experiment, tasks, args)]
    try:
        run_tasks(tasks, args.work_dir, executor=executor, jobs=jobs,
                  experiment=experiment.name, modules=experiment.modules,
                  after=lambda: write_results(rows, args.work_dir))
    except (StepsFailed, KeyboardInterrupt):
        show(rows, args, experiment)
        raise
    show(rows, args, experiment)


def earlier_tasks(experiment: Experiment, tasks: Sequence[Task],
                  args: argparse.Namespace) -> list[Task]:
    """Return what was run before and belongs to the experiment as it is.

    Args:
        experiment: The experiment.
        tasks: The tasks of this run.
        args: What :func:`parse_args` returns.

    Returns:
        Finished tasks of other methods and seeds.
    """
    if not find_leftovers(args.work_dir, tasks):
        return []
    seeds = list(dict.fromkeys([*args.seeds, *seeds_in(args.work_dir)]))
    known = {task.folder for task in tasks}
    found: dict[Path, Task] = {}
    for methods in (args.methods, *([name] for name in every_method())):
        try:
            steps = make_plan(experiment, methods).steps.values()
            others = make_tasks(steps, seeds, args.work_dir)
        except (ValueError, OSError):
            continue  # It does not fit, so it has no rows.
        found.update((task.folder, task) for task in others
                     if task.folder not in known and not task.step.final
                     and is_done(task))
    return list(found.values())


def check(experiment: Experiment, plan: Plan, tasks: Sequence[Task],
          args: argparse.Namespace) -> None:
    """Look for what could fail later, in the steps that are not done.

    Args:
        experiment: The experiment.
        plan: The plan of its steps.
        tasks: The steps for all seeds.
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: Something would fail.
    """
    left = {task.step.name for task in tasks if state(task).kind != 'done'}
    if not left:
        return
    # Not at the top: torch and mmseg come with it.
    from mmseg_zeroshot.experiments.checks import check_before_run
    report = check_before_run(
        experiment, plan, seeds=args.seeds, work_dir=args.work_dir,
        done=[name for name in plan.steps if name not in left])
    print(f'{report}\n')
    report.raise_on_error()


def chosen_gammas(tasks: Sequence[Task]) -> list[str]:
    """Return what was chosen for each method, such as ``'SPNet 0.22'``.

    A calibrated row with gamma 0 is no row of its own in the table.

    Args:
        tasks: The tasks.
    """
    found: dict[str, None] = {}
    for task in tasks:
        for given in task.inputs.values():
            if (given.step.command == 'calibrate' and task.step.report
                    and is_done(given) and is_done(task)):
                record, *_ = read_records(task.folder / RESULTS)
                name = ', '.join(filter(None, [
                    record['method'], variant_cell(record['variant'])]))
                found[f'{name} {chosen_value(given, GAMMA):g}'] = None
    return list(found)


def show(tasks: Sequence[Task], args: argparse.Namespace,
         experiment: Experiment) -> None:
    """Print the table and draw the panel of what is done.

    Args:
        tasks: The tasks.
        args: What :func:`parse_args` returns.
        experiment: The experiment.
    """
    # Not at the top: mmseg's models come with it.
    from mmseg_zeroshot.experiments.panel import draw_panel
    records = write_results(tasks, args.work_dir)
    if records:
        print(format_table(records))
        gammas = chosen_gammas(tasks)
        if gammas:
            classes = experiment.held_out().classes.unseen
            print(f'gamma chosen on {", ".join(classes)}: '
                  f'{", ".join(gammas)}')
        print(draw_panel(tasks, args.work_dir / 'panel.png'))
    print(f'written to {args.work_dir / "results.json"} and results.md')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, 1 after an error message, 130 where stopped.
    """
    args = parse_args(argv)
    return resumable_exit_code(lambda: run(args), RuntimeError)
