"""Plot curves of results, gamma curves and confusion tables.

The same as `mmseg-zeroshot plot`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.plot import main

if __name__ == '__main__':
    sys.exit(main())
