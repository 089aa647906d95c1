"""Feed damaged and made-up files to every reader.

    python -m tests.fuzz [--seconds 60] [--seed N] [--only NAME ...]

Each outcome must be a value or an error that the reader documents and that
names the file. Others are printed, once for each last line of a traceback,
with the seed that repeats them: `--seed SEED --only NAME --seconds 1`.
"""
from __future__ import annotations

import argparse
import itertools
import logging
import tempfile
import time
from pathlib import Path

from .campaign import campaign
from .readers import READERS


def main() -> int:
    """Run the fuzzers; return 1 where one found something."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=float, default=60)
    parser.add_argument('--seed', type=int, default=time.time_ns() >> 20,
                        help='of the first turn; by default of the clock')
    parser.add_argument('--only', nargs='+', default=list(READERS),
                        choices=list(READERS), metavar='NAME')
    args = parser.parse_args()
    logging.disable(logging.WARNING)
    # Not by the clock of each turn: what was tried is printed at the end.
    seeds = itertools.count(args.seed)
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for fault in campaign(Path(folder), args.only, seeds,
                              time.monotonic() + args.seconds):
            key = fault.strip().splitlines()[-1]
            if key not in found:
                print(fault, flush=True)
            found.setdefault(key, fault)
    turns = next(seeds) - args.seed
    print(f'{turns} turns of {len(args.only)} readers from seed {args.seed}: '
          f'{len(found)} faults')
    return int(bool(found))


if __name__ == '__main__':
    raise SystemExit(main())
