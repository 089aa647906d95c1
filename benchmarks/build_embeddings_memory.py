"""Peak memory of mmseg-zeroshot build-embeddings on a large word2vec file.

Writes a synthetic word2vec .bin of about a gigabyte to a temporary folder,
builds the vectors of three shipped class lists from it in a subprocess, and
prints the subprocess's peak resident memory beside that of a subprocess that
only imports what the tool imports.

    python benchmarks/build_embeddings_memory.py [--gigabytes 1] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
DATASETS = ('voc21', 'cocostuff171', 'ade150')
DIM = 300
LIMIT_MB = 600

# getrusage(RUSAGE_CHILDREN) keeps the largest child: one parent per run.
MEASURE = ('import resource, subprocess, sys; '
           'code = subprocess.call(sys.argv[1:], '
           'stdout=subprocess.DEVNULL); '
           'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); '
           'sys.exit(code)')


def class_words() -> list[str]:
    """All words that the class names of the lists are made of."""
    from mmseg_zeroshot.semantics.class_lists import CLASS_LISTS
    from mmseg_zeroshot.semantics.words import joined_words, split_words
    names = [name for key in DATASETS for name in CLASS_LISTS[key]]
    return sorted({word for name in names
                   for word in (*split_words(name), *joined_words(name))})


def write_file(path: Path, size: int) -> int:
    """Write random vectors until the file has about ``size`` bytes.

    The words of the classes are spread over the whole file, so that no
    reader can stop early.
    """
    words = class_words()
    count = size // (4 * DIM + 12)
    step = count // len(words)
    rng = np.random.default_rng(0)
    with path.open('wb') as file:
        file.write(f'{count} {DIM}\n'.encode())
        for first in range(0, count, step):
            rows = min(step, count - first)
            block = rng.standard_normal((rows, DIM), dtype=np.float32)
            file.writelines(
                word + b' ' + row.tobytes()
                for word, row in zip(block_words(words, first, rows, step),
                                     block))
    return count


def block_words(words: list[str], first: int, rows: int,
                step: int) -> Iterator[bytes]:
    """Filler words, and one class word at the end of each block."""
    for i in range(first, first + rows - 1):
        yield f'filler{i}'.encode()
    index = first // step
    yield (words[index] if index < len(words)
           else f'filler{first + rows}').encode()


def peak_mb(command: list[str]) -> tuple[float, float]:
    """Peak resident memory in MB and wall time in s of a command."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, '-c', MEASURE, *command],
                          stdout=subprocess.PIPE, check=True, cwd=ROOT)
    seconds = time.perf_counter() - start
    unit = 1e6 if sys.platform == 'darwin' else 1e3  # bytes or kilobytes
    return int(done.stdout.split()[-1]) / unit, seconds


def measure(gigabytes: float) -> dict[str, float]:
    """Write the file, run the tool on it, return what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / 'synthetic.bin'
        words = write_file(source, int(gigabytes * 1e9))
        size = source.stat().st_size / 1e6
        tool = str(ROOT / 'tools' / 'build_embeddings.py')
        idle, _ = peak_mb([sys.executable, tool, '--help'])
        command = [sys.executable, tool, '--source', str(source),
                   '--out', str(Path(folder) / 'table.npz')]
        for name in DATASETS:
            command += ['--dataset', name]
        peak, seconds = peak_mb(command)
    return dict(file_mb=size, words=words, width=DIM, idle_peak_mb=idle,
                peak_mb=peak, limit_mb=LIMIT_MB, seconds=seconds)


def main() -> int:
    """Measure, print a table and JSON; 1 if the limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--gigabytes', type=float, default=1.0)
    parser.add_argument('--json', type=Path, help='also write it here')
    args = parser.parse_args()
    result = measure(args.gigabytes)
    for key, value in result.items():
        print(f'{key:14} {value:12.1f}')
    text = json.dumps({k: round(v, 1) for k, v in result.items()})
    print(text)
    if args.json:
        args.json.write_text(text + '\n', encoding='utf-8')
    return int(result['peak_mb'] > LIMIT_MB)


if __name__ == '__main__':
    sys.exit(main())
