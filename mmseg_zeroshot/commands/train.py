"""Train a model: MMSegmentation's own `tools/train.py`, unchanged.

Usage: `mmseg-zeroshot train CONFIG [mmseg's own arguments]` (`--help` lists
them). The configs load this package, so mmseg's own file does the same when it
is called directly. `--amp` on a machine without a GPU is refused at once.

Several processes are one command, on GPUs or, where there is none, on a CPU:

    torchrun --nproc-per-node 2 -m mmseg_zeroshot train CONFIG \\
        --launcher pytorch
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mmseg_zeroshot._stack import run_mmseg_tool
from mmseg_zeroshot.utils.io import explain_full_disk
from mmseg_zeroshot.utils.mixed_precision import AMP, why_no_amp

from ._processes import joined


def main(argv: Sequence[str] | None = None) -> int:
    """Run mmseg's tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code.
    """
    given = sys.argv[1:] if argv is None else argv
    reason = why_no_amp() if asks_for_amp(given) else ''
    if reason:
        print(f'error: {reason}: leave it out', file=sys.stderr)
        return 1
    with explain_full_disk(advice='free space and go on with --resume'):
        return run_mmseg_tool('train.py', joined(given))


def asks_for_amp(argv: Sequence[str]) -> bool:
    """Whether the arguments of mmseg's tool ask for mixed precision.

    Args:
        argv: The arguments.
    """
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument('--amp', action='store_true')
    known, others = parser.parse_known_args(argv)
    return known.amp or any(AMP in argument for argument in others)
