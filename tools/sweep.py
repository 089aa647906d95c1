"""Tune config keys over a grid, on validation classes.

The same as `mmseg-zeroshot sweep`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.sweep import main

if __name__ == '__main__':
    sys.exit(main())
