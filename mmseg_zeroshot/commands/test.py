"""Test a model: MMSegmentation's own `tools/test.py`, unchanged.

Usage: `mmseg-zeroshot test CONFIG CHECKPOINT [mmseg's own arguments]`
(`--help` lists them). The configs load this package, so mmseg's own file does
the same when it is called directly.
"""
from __future__ import annotations

from collections.abc import Sequence

from mmseg_zeroshot._stack import run_mmseg_tool
from mmseg_zeroshot.utils.io import explain_full_disk


def main(argv: Sequence[str] | None = None) -> int:
    """Run mmseg's tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code.
    """
    with explain_full_disk():
        return run_mmseg_tool('test.py', argv)
