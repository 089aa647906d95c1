"""``python -m mmseg_zeroshot``, the same as ``mmseg-zeroshot``."""
import sys

from .cli import main

if __name__ == '__main__':
    sys.exit(main())
