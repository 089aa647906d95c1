"""Score saved predictions of any code base.

The same as `mmseg-zeroshot score`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.score import main

if __name__ == '__main__':
    sys.exit(main())
