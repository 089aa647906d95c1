"""Choose config values of a method on validation classes.

Examples:
    # SPNet's learning rate, each value at its own best gamma
    mmseg-zeroshot tune farm.py spnet \\
        --key optim_wrapper.optimizer.lr=0.0025,0.005,0.01 --seeds 0 1 2

    # two keys: all combinations; the steps before the last one run once
    mmseg-zeroshot tune farm.py zs-mmd --gamma config \\
        --key model.decode_head.recursion.tau=0.5,0.7,0.9 \\
        --key model.decode_head.recursion.gamma=0.00625,0.0125,0.025

    # how many pseudo-labels self-training keeps, a key of another step
    mmseg-zeroshot tune farm.py zs5net --step pseudo-labels \\
        --key pseudo_labels.p=10,25,50,100

Validation classes are seen classes that are held out of all steps and take the
place of the unseen ones. `--oracle` chooses by the real unseen classes. That
is an upper bound, and every result says so.

Steps run and go on as those of `mmseg-zeroshot run` do. Without
`--work-dir` its files are in `WORK_DIR/tune-METHOD`, WORK_DIR being that of
`mmseg-zeroshot run`: `sweep.json` (scores of all points), `sweep.md` (the
table), `sweep.png` (a curve over one numeric key, else a heat map of the first
two keys at the best values of the others), and `tuned.py`: the experiment with
the best values.
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.experiments.experiment import Experiment
from mmseg_zeroshot.experiments.running import (
    describe,
    make_executor,
    make_tasks,
    run_tasks,
)
from mmseg_zeroshot.experiments.tuned import scored_points, write_outcome
from mmseg_zeroshot.experiments.tuning import Tuning, make_tuning
from mmseg_zeroshot.utils import resumable_exit_code
from mmseg_zeroshot.utils.tables import text_table
from mmseg_zeroshot.visualization.sweeps import SWEEP_SCORES, Point, sweep_rows

from ._arguments import add_cfg_options, make_parser
from ._experiment import (
    add_experiment,
    read_experiment,
)


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    add_experiment(parser)
    parser.add_argument('method', metavar='METHOD[:VARIANT]')
    add_cfg_options(parser, 'config key and the values to try, lists as '
                    'KEY=[[1,2],[3]]; several keys: all combinations',
                    option='--key', metavar='KEY=V1,V2', required=True)
    parser.add_argument('--step', nargs='+', default=[], metavar='NAME',
                        help='steps whose config has the keys (default: the '
                        "method's last training)")
    parser.add_argument('--gamma', choices=('best', 'config'), default='best',
                        help='score a point at its own best gamma, or at the '
                        "config's (default: best, where the method has one)")
    parser.add_argument('--score', choices=SWEEP_SCORES, default='hIoU',
                        help='what the best point is best in (default: hIoU)')
    parser.add_argument('--oracle', action='store_true',
                        help='choose by the real unseen classes, for an '
                        'upper bound')
    parser.add_argument('--seeds', type=int, nargs='+', default=[0])
    parser.add_argument('--jobs', type=int, default=1,
                        help='steps side by side (default: 1)')
    parser.add_argument('--dry-run', action='store_true',
                        help='print the steps and their commands')
    args = parser.parse_args(argv)
    args.key = {key: list(value) if isinstance(value, (list, tuple))
                else [value] for key, value in args.key.items()}
    return args


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: The experiment, the method or a key is wrong, or no point
            has a score.
        RuntimeError: Steps failed, or another run uses the work dir.
    """
    if args.jobs < 1:
        raise ValueError(f'--jobs must be at least 1, got {args.jobs}')
    given = args.work_dir
    experiment = read_experiment(args)
    work_dir = given or args.work_dir / f'tune-{args.method}'.replace(':', '-')
    tuning = make_tuning(
        experiment, args.method, args.key, steps=args.step,
        best_gamma=args.gamma == 'best', oracle=args.oracle)
    tasks = make_tasks(tuning.steps.values(), args.seeds, work_dir)
    if args.dry_run:
        print('not checked; mmseg-zeroshot check does')
        for text in describe(tasks, experiment.modules):
            print(text)
        return
    run_tasks(tasks, work_dir, jobs=args.jobs, experiment=experiment.name,
              modules=experiment.modules,
              executor=make_executor('local', args.jobs, work_dir, {}),
              after=lambda: write_outcome(
                  tuning, tasks, work_dir, args.score, experiment))
    report(tuning, write_outcome(tuning, tasks, work_dir, args.score,
                                 experiment),
           scored_points(tuning, tasks), work_dir, args, experiment)


def report(tuning: Tuning, best: Point | None,
           points: list[Point], work_dir: Path,
           args: argparse.Namespace, experiment: Experiment) -> None:
    """Print the table, the best values and what comes next.

    Args:
        tuning: The tuning.
        best: The best point, None without scores.
        points: All points with their scores.
        work_dir: Where the outcome is.
        args: What :func:`parse_args` returns.
        experiment: The experiment.

    Raises:
        ValueError: No point has a score.
    """
    names = ', '.join(tuning.split.unseen)
    if best is None:
        raise ValueError(f'no run has a {args.score}: do the classes {names} '
                         'occur in the scored images?')
    print(text_table(sweep_rows(points, best, tuning.role),
                     left=len(args.key) + 1))
    values = ' '.join(f'{key}={value}'
                      for key, value in best['values'].items())
    print(f'best {args.score} on {names} ({tuning.role}): {values}\n'
          f'written to {work_dir}: sweep.json, sweep.md, sweep.png')
    if not args.oracle:
        print(f'next: mmseg-zeroshot run {work_dir / "tuned.py"} '
              f'{args.method} --work-dir '
              f'{Path("work_dirs", experiment.name)}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, 1 after an error message, 130 where stopped.
    """
    args = parse_args(argv)
    return resumable_exit_code(lambda: run(args), RuntimeError)
