"""Train a model: MMSegmentation's own `tools/train.py`, unchanged.

The same as `mmseg-zeroshot train`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.train import main

if __name__ == '__main__':
    sys.exit(main())
