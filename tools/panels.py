"""Look at a model: panels, best and hardest images, confusion.

The same as `mmseg-zeroshot panels`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.panels import main

if __name__ == '__main__':
    sys.exit(main())
