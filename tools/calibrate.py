"""Choose the calibration factor gamma from one pass over the val set.

The same as `mmseg-zeroshot calibrate`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.calibrate import main

if __name__ == '__main__':
    sys.exit(main())
