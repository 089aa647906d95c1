"""Plot the IoU of unseen classes against the size of their objects.

The same as `mmseg-zeroshot plot-object-sizes`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.plot_object_sizes import main

if __name__ == '__main__':
    sys.exit(main())
