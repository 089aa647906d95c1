"""Test a model: MMSegmentation's own `tools/test.py`, unchanged.

Usage: `mmseg-zeroshot test CONFIG CHECKPOINT [mmseg's own arguments]`
(`--help` lists them). The configs load this package, so mmseg's own file does
the same when it is called directly.

Several processes are one command, as in `mmseg-zeroshot train`:

    torchrun --nproc-per-node 2 -m mmseg_zeroshot test CONFIG CHECKPOINT \\
        --launcher pytorch
"""
from __future__ import annotations

import sys
from collections.abc import Sequence

from mmseg_zeroshot._stack import run_mmseg_tool
from mmseg_zeroshot.utils.io import explain_full_disk

from ._processes import joined


def main(argv: Sequence[str] | None = None) -> int:
    """Run mmseg's tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code.
    """
    given = sys.argv[1:] if argv is None else argv
    with explain_full_disk():
        return run_mmseg_tool('test.py', joined(given))
