"""Look at a data set and write an experiment file.

The same as `mmseg-zeroshot init`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.init import main

if __name__ == '__main__':
    sys.exit(main())
