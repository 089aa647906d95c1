"""Choose config values on validation classes.

The same as `mmseg-zeroshot tune`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.tune import main

if __name__ == '__main__':
    sys.exit(main())
