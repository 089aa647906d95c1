"""Zero-shot image classification on given features (SPNet, table 4).

The same as `mmseg-zeroshot zsl-classification`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.zsl_classification import main

if __name__ == '__main__':
    sys.exit(main())
