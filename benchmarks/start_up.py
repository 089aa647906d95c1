"""Time of `import mmseg_zeroshot` and `mmseg-zeroshot --help`.

    python benchmarks/start_up.py [--repeats 5]

Medians over fresh processes that take turns, and their ratio to an import of
everything (`mmseg_zeroshot.registered`, with PyTorch and MMSegmentation),
which is what both cost as long as the package registered its types at import.
"""
import argparse
import statistics
import subprocess
import sys
import time

FULL = 'import of everything'
COMMANDS = {
    FULL: ['-c', 'import mmseg_zeroshot.registered'],
    'import mmseg_zeroshot': ['-c', 'import mmseg_zeroshot'],
    'words and scores': [
        '-c', 'from mmseg_zeroshot import ClassSplit, zero_shot_scores'],
    'mmseg-zeroshot --help': ['-m', 'mmseg_zeroshot', '--help'],
    'bare Python': ['-c', ''],
}


def seconds(arguments: list[str]) -> float:
    """Run Python once."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True,
                   capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--repeats', type=int, default=5)
    args = parser.parse_args()
    for arguments in COMMANDS.values():
        seconds(arguments)  # reads the files and writes the byte code
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(args.repeats):
        for name, arguments in COMMANDS.items():
            times[name].append(seconds(arguments))
    full = statistics.median(times[FULL])
    for name, spent in times.items():
        median = statistics.median(spent)
        print(f'{name:24}{median:7.3f} s{median / full:8.3f}')


if __name__ == '__main__':
    main()
