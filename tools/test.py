"""Test a model: MMSegmentation's own `tools/test.py`, unchanged.

The same as `mmseg-zeroshot test`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.test import main

if __name__ == '__main__':
    sys.exit(main())
