"""Extract a training set's pixel features once, for the stages after stage 0.

The same as `mmseg-zeroshot build-feature-bank`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.build_feature_bank import main

if __name__ == '__main__':
    sys.exit(main())
