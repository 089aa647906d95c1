"""Test a model: MMSegmentation's own `tools/test.py`, unchanged.

Usage: `python tools/test.py CONFIG CHECKPOINT [mmseg's own arguments]`
(`--help` lists them). The configs load this package themselves,
so mmseg's file does the same when it is called directly.
"""

from mmseg_zeroshot._stack import run_mmseg_tool

if __name__ == '__main__':
    run_mmseg_tool('test.py')
