"""Compare runs: collect results files into one leaderboard.

The same as `mmseg-zeroshot leaderboard`, from a checkout.
"""
import sys

from mmseg_zeroshot.commands.leaderboard import main

if __name__ == '__main__':
    sys.exit(main())
