"""Remove the work of steps that changed since.

The same as `mmseg-zeroshot clean`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.clean import main

if __name__ == '__main__':
    sys.exit(main())
