"""Segment photos with a trained model, in your own words.

The same as `mmseg-zeroshot predict`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.predict import main

if __name__ == '__main__':
    sys.exit(main())
