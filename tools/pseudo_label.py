"""Label unlabelled images with a trained zero-shot model (self-training).

The same as `mmseg-zeroshot pseudo-label`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.pseudo_label import main

if __name__ == '__main__':
    sys.exit(main())
