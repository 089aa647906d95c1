"""Turn an MMSegmentation config into those of a zero-shot method.

The same as `mmseg-zeroshot make-zero-shot-config`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.make_zero_shot_config import main

if __name__ == '__main__':
    sys.exit(main())
