"""Make a table of class vectors from word-vector files.

The same as `mmseg-zeroshot build-embeddings`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.build_embeddings import main

if __name__ == '__main__':
    sys.exit(main())
