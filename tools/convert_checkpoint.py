"""Write the weights of an old checkpoint anew, as weights alone.

The same as `mmseg-zeroshot convert-checkpoint`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.convert_checkpoint import main

if __name__ == '__main__':
    sys.exit(main())
