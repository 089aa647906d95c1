"""Run all steps of a method: one command, resumable.

Examples:
    # the recipes are in configs/recipes
    python tools/run_recipe.py zs3net_compositions --seeds 0 1 2

    # what would run, with the commands
    python tools/run_recipe.py zs3net_voclayout --dry-run

A step is a call of another tool. Finished steps are skipped when the command
is run again, an unfinished training is resumed; where a step's command,
config or input has changed, it and all that depend on it are done again.

The work dir gets `results.json`, the records of all evaluations, and
`results.md`, the table over seeds. A step's log is `log.txt` in its folder.
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.engine.recipes import (
    StepFailed,
    Task,
    load_recipe,
    make_tasks,
    plan,
    run_tasks,
)
from mmseg_zeroshot.engine.recipes.state import DONE, RESULTS, read_marker
from mmseg_zeroshot.results import (
    Record,
    format_table,
    markdown_table,
    read_records,
    write_records,
)
from mmseg_zeroshot.utils import atomic_write, resumable_exit_code

ROOT = Path(__file__).resolve().parents[1]


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('recipe', help='name in configs/recipes, or a path')
    parser.add_argument('--work-dir', type=Path,
                        help='default: work_dirs/RECIPE')
    parser.add_argument('--seeds', type=int, nargs='+', default=[0])
    parser.add_argument('--dry-run', action='store_true',
                        help='print the steps and their commands')
    parser.add_argument('--cfg-options', nargs='+', default=[],
                        metavar='KEY=VALUE',
                        help='config keys to change in every step')
    args = parser.parse_args(argv)
    wrong = [text for text in args.cfg_options if '=' not in text]
    if wrong:
        parser.error(f'--cfg-options takes KEY=VALUE, got {wrong[0]!r}')
    return args


def collect(tasks: Sequence[Task]) -> list[Record]:
    """Return the records of all finished evaluations.

    Args:
        tasks: The recipe's tasks.
    """
    return [record for task in tasks
            if task.step.reports and read_marker(task, DONE)
            for record in read_records(task.folder / RESULTS)]


def write_results(tasks: Sequence[Task], work_dir: Path) -> list[Record]:
    """Write `results.json` and `results.md` of what is there.

    Args:
        tasks: The recipe's tasks.
        work_dir: Where the files go.

    Returns:
        The records.
    """
    records = collect(tasks)
    write_records(work_dir / 'results.json', records)
    with atomic_write(work_dir / 'results.md', 'w') as file:
        file.write(markdown_table(records) + '\n' if records else '')
    return records


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.
    """
    recipe = load_recipe(args.recipe, ROOT)
    work_dir = args.work_dir or Path('work_dirs', recipe.name)
    tasks = make_tasks(recipe, args.seeds, work_dir)
    if args.dry_run:
        for number, (task, how, text) in enumerate(
                plan(tasks, args.cfg_options), 1):
            print(f'[{number}/{len(tasks)}] {task.label}: {how}\n    {text}')
        return
    run_tasks(tasks, work_dir, cfg_options=args.cfg_options,
              after=lambda: write_results(tasks, work_dir))
    records = write_results(tasks, work_dir)
    if records:
        print(format_table(records))
    print(f'written to {work_dir / "results.json"} and results.md')


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
