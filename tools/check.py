"""Find now what would stop an experiment later.

The same as `mmseg-zeroshot check`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.check import main

if __name__ == '__main__':
    sys.exit(main())
