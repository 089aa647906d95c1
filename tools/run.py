"""Run all steps of methods on an experiment.

The same as `mmseg-zeroshot run`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.run import main

if __name__ == '__main__':
    sys.exit(main())
