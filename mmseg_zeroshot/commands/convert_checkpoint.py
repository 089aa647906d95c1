"""Write the weights of an old checkpoint anew, as weights alone.

Examples:
    # read it without running anything; says what it asks for if it must
    mmseg-zeroshot convert-checkpoint old.pth --out weights.pth

    # an old file of your own, which you trust like a program
    mmseg-zeroshot convert-checkpoint old.pth --out weights.pth \\
        --run-code-in-file

A checkpoint is a pickle: to read all of it is to run what it says, with all
your rights. This package reads weights alone and refuses a file that asks for
more. Old files ask for harmless things, such as the class of their settings,
and nothing but running them tells these from harmful ones. So only the owner
of a file can say --run-code-in-file: never do so with a file whose maker you
do not know.

The new file holds `state_dict` and the plain values of `meta`, and no state of
an optimizer: a training can start from it, and cannot be resumed.
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence

from mmseg_zeroshot.loading.conversion import convert_checkpoint
from mmseg_zeroshot.utils import exit_code

from ._arguments import make_parser


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    parser.add_argument('checkpoint', help='the old file')
    parser.add_argument('--out', required=True, help='the file to write')
    parser.add_argument(
        '--run-code-in-file', action='store_true',
        help='unpickle the old file, which RUNS THE CODE IN IT: only for a '
        'file that you trust like a program that you start')
    parser.add_argument(
        '--key', help='name of the weights in the file, if it holds several '
        '(default: state_dict, or the only one)')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace a file at --out')
    return parser.parse_args(argv)


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: The file is no checkpoint, or has to be unpickled.
        OSError: A file is missing, or there already.
    """
    done = convert_checkpoint(
        args.checkpoint, args.out, run_code=args.run_code_in_file,
        key=args.key, overwrite=args.overwrite)
    if done.left_out:
        print(f'left out {len(done.left_out)} entries that are no weights: '
              f'{", ".join(done.left_out[:8])}')
    print(f'{done.weights} weights written to {args.out}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
