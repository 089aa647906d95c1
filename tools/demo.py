"""Train, evaluate and look at zero-shot segmentation on embedded images.

The same as `mmseg-zeroshot demo`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.demo import main

if __name__ == '__main__':
    sys.exit(main())
