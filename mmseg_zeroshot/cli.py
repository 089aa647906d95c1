"""The command ``mmseg-zeroshot``: one table of subcommands.

A subcommand ``some-name`` is the module ``commands/some_name.py``, which is
imported when it is called. To add one, write the module and a line in
:data:`COMMANDS`. ``tools/model_zoo.py`` is none: it writes files of the
repository from other files of it, which no installation has.
"""
from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from ._stack import MissingStack
from .version import __version__

COMMANDS: dict[str, dict[str, str]] = {
    'Start': {
        'init': 'look at a data set and write an experiment file',
        'check': 'find now what would stop an experiment later',
        'run': 'run all steps of methods on an experiment',
        'tune': 'choose config values on validation classes',
        'configs': "write an experiment's configs for mmseg's own tools",
        'clean': 'remove the work of steps that changed since',
        'demo': 'train, evaluate and look, on embedded images',
        'make-zero-shot-config': 'turn an mmseg config into a zero-shot one',
    },
    'Train and test': {
        'train': "train a config (mmseg's own tool)",
        'test': "test a checkpoint (mmseg's own tool)",
        'calibrate': 'choose the calibration factor gamma',
        'zsl-classification': 'classify images from given features',
    },
    'Look': {
        'predict': 'segment photos, in words of your own',
        'panels': 'draw best and hardest images, and the confusion',
        'plot': 'draw curves, gamma curves and confusion tables',
        'plot-object-sizes': 'draw IoU against the size of objects',
        'leaderboard': 'compare results files in one table',
        'score': 'score saved predictions of any code base',
    },
    'Data and words': {
        'build-embeddings': 'make class vectors from word-vector files',
        'build-feature-bank': 'extract pixel features of a training set',
        'pseudo-label': 'label unlabelled images by a trained model',
        'convert-checkpoint': 'make an old checkpoint a file of weights',
    },
}
"""Group -> subcommand -> what it does, in one line."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand.

    Args:
        argv: Its name and its arguments; the process's by default.

    Returns:
        The exit code of the subcommand.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    parser = make_parser()
    # What follows the subcommand is its own.
    name = parser.parse_args(given[:1] or ['--help']).command
    summaries = all_commands()
    if name not in summaries:
        # Imported here: numpy comes with it.
        from .semantics.names import hint
        parser.error(f'unknown command {name!r}.{hint(name, summaries)}')
    try:
        module = importlib.import_module(
            f'{__package__}.commands.{name.replace("-", "_")}')
        return module.main(given[1:])
    except MissingStack as error:
        print(f'error: {error}', file=sys.stderr)
        return 1


def all_commands() -> dict[str, str]:
    """Return every subcommand and what it does."""
    return {name: text for group in COMMANDS.values()
            for name, text in group.items()}


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of what stands before a subcommand's arguments."""
    parser = argparse.ArgumentParser(
        prog='mmseg-zeroshot', usage='%(prog)s COMMAND [arguments]',
        description='Zero-shot semantic segmentation for MMSegmentation.\n\n'
        + _listing(),
        epilog='`mmseg-zeroshot COMMAND --help` describes a command.',
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--version', action='version',
                        version=f'%(prog)s {__version__}')
    parser.add_argument('command', metavar='COMMAND', help='one of the above')
    return parser


def _listing() -> str:
    width = max(map(len, all_commands()))
    lines = []
    for title, group in COMMANDS.items():
        lines.append(f'{title}:')
        lines += [f'  {name:{width}}  {text}' for name, text in group.items()]
        lines.append('')
    return '\n'.join(lines)
