"""Time `mmseg-zeroshot leaderboard` on 500 results files of 171 classes.

    python benchmarks/leaderboard.py [--files 500]

Reading, ranking and writing all formats; without the start of the program,
which imports PyTorch.
"""
import argparse
import contextlib
import io
import json
import tempfile
import time
from pathlib import Path

import numpy as np

from mmseg_zeroshot.commands import leaderboard

SEEDS, CLASSES = 5, 171


def record(number: int, rng: np.random.Generator) -> dict:
    """A results record as long as COCO-Stuff's."""
    def group() -> dict:
        return {key: float(rng.uniform(0, 100)) for key in
                ('PA', 'MA', 'mIoU')}

    def scores() -> dict:
        return dict(seen=group(), unseen=group(), overall=group(),
                    hIoU=float(rng.uniform(0, 100)))

    run, seed = divmod(number, SEEDS)
    return dict(
        method=f'method {run}', dataset='COCOStuffDataset',
        split='cocostuff-spnet', supervision='strict', background='none',
        absent='skip', embeddings='0' * 16, seed=seed, gamma=0.4,
        generalised=scores(), vanilla=scores(),
        per_class=[{'class': f'class {i}', 'group': 'seen',
                    'IoU': float(rng.uniform(0, 100)),
                    'accuracy': float(rng.uniform(0, 100)),
                    'pixels': int(rng.integers(1e6))}
                   for i in range(CLASSES)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--files', type=int, default=500)
    files = parser.parse_args().files
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(files):
            file = Path(folder, f'run{number}', 'zero_shot_results.json')
            file.parent.mkdir()
            file.write_text(json.dumps(record(number, rng), indent=1))
        start, cpu = time.perf_counter(), time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            assert leaderboard.main([folder, '--out', folder]) == 0
        print(f'{files} files: {time.perf_counter() - start:.1f} s, '
              f'{time.process_time() - cpu:.1f} s of CPU time')


if __name__ == '__main__':
    main()
