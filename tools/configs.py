"""Write an experiment's configs for mmseg's own tools.

The same as `mmseg-zeroshot configs`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.configs import main

if __name__ == '__main__':
    sys.exit(main())
