"""Time of a run on the embedded data set with two jobs against one.

    python benchmarks/run_jobs.py [--iterations 60] [--repeats 1]

Two seeds of the plain network, SPNet and ZS3Net, without the choice of gamma.
With one job PyTorch takes the threads that it wants; with two, each step has
one of two cores to itself.
"""
import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mmseg_zeroshot.experiments.config_files import configs_folder

METHODS = ('seen', 'spnet', 'zs3net')
STEPS = ('seen', 'spnet', 'generator', 'classifier')


def write_experiment(folder: Path, iterations: int) -> Path:
    """Write the demo's experiment with shorter trainings."""
    path = folder / 'short.py'
    base = configs_folder() / 'experiments' / 'demo.py'
    steps = ', '.join(f'{step}={iterations}' for step in STEPS)
    path.write_text(f'_base_ = {str(base)!r}\n'
                    f'iterations = dict(_delete_=True, {steps})\n')
    return path


def seconds(experiment: Path, work_dir: Path, jobs: int) -> float:
    """Run all steps once, in a work dir of their own."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, '-m', 'mmseg_zeroshot', 'run', str(experiment),
         *METHODS, '--seeds', '0', '1', '--jobs', str(jobs), '--no-check',
         '--no-calibration', '--work-dir', str(work_dir)],
        check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print both times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--iterations', type=int, default=60,
                        help='of every training')
    parser.add_argument('--repeats', type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # Draws the images, which are drawn on first use.
        seconds(write_experiment(Path(folder), 2), Path(folder, 'first'), 1)
        experiment = write_experiment(Path(folder), args.iterations)
        ratios = []
        for turn in range(args.repeats):
            one, two = (seconds(experiment, Path(folder, f'{turn}-{jobs}'),
                                jobs) for jobs in (1, 2))
            ratios.append(two / one)
            print(f'1 job {one:6.1f} s, 2 jobs {two:6.1f} s, ratio '
                  f'{two / one:.2f}', flush=True)
    print(f'median ratio {statistics.median(ratios):.2f}')


if __name__ == '__main__':
    main()
