"""Arguments that several commands take, so that all read them alike."""
from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from mmseg_zeroshot.semantics.name_lists import GivenNames
from mmseg_zeroshot.utils.cfg_options import parse_options

NAMES_HELP = ('separated by commas or blanks, or a text file with one a '
              'line; for one name with a blank: \'"traffic light"\' or a '
              'comma behind it')


def make_parser(module: str, doc: str | None) -> argparse.ArgumentParser:
    """Return a command's parser.

    Args:
        module: The command's ``__name__``, which says the program's name.
        doc: Its ``__doc__``.
    """
    name = module.rpartition('.')[2].replace('_', '-')
    return argparse.ArgumentParser(
        prog=f'mmseg-zeroshot {name}', description=doc,
        formatter_class=argparse.RawDescriptionHelpFormatter)


def add_cfg_options(parser: argparse.ArgumentParser,
                    help: str = 'config keys to change', *,
                    option: str = '--cfg-options',
                    metavar: str = 'KEY=VALUE',
                    required: bool = False) -> None:
    """Add an option whose value is a dict of config keys, empty by default.

    Args:
        parser: The command's parser.
        help: What the keys are for.
        option: Its name.
        metavar: Stands for a key and its value.
        required: Whether it must be given.
    """
    parser.add_argument(
        option, nargs='+', action=_Parsed, default={}, parse=parse_options,
        join=lambda old, new: {**old, **new}, metavar=metavar, help=help,
        required=required)


def add_names(parser: argparse._ActionsContainer, option: str, *, help: str,
              parse: Callable[[Sequence[str]], Any] = GivenNames,
              default: object = (), metavar: str = 'NAMES',
              required: bool = False) -> None:
    """Add an option that takes a list of class names.

    Args:
        parser: The command's parser, or a group of its options.
        option: Such as ``'--unseen'``.
        help: What the classes are; how to write them is added.
        parse: Reads the list.
        default: Without the option.
        metavar: Stands for the list.
        required: Whether it must be given.
    """
    parser.add_argument(option, nargs='+', action=_Parsed, default=default,
                        parse=parse, metavar=metavar, required=required,
                        help=f'{help}; {NAMES_HELP}')


class _Parsed(argparse.Action):
    """Reads an option's texts as a whole; an error is one of its usage.

    Args:
        args: As argparse's.
        parse: Reads the texts.
        join: Joins the values of an option that is given again, which else
            replaces the earlier one.
        kwargs: As argparse's.
    """

    def __init__(self, *args: Any, parse: Callable[[Sequence[str]], Any],
                 join: Callable[[Any, Any], Any] = lambda old, new: new,
                 **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parse, self.join = parse, join

    def __call__(self, parser: argparse.ArgumentParser,
                 namespace: argparse.Namespace, values: Any,  # noqa: ANN401  as argparse has it
                 option_string: str | None = None) -> None:
        """Store what the texts say."""
        try:
            value = self.parse(values)
        except (ValueError, OSError) as error:
            raise argparse.ArgumentError(self, str(error)) from error
        setattr(namespace, self.dest,
                self.join(getattr(namespace, self.dest), value))
