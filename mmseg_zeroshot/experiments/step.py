"""A step: one call of one command, and what it takes from other steps."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigValue

REFERENCE = re.compile(r'\{([\w-]+)\.(checkpoint|folder|value:[\w.]+)\}')
"""Text that stands for what an earlier step leaves."""


def checkpoint_of(name: str) -> str:
    """Return the text that stands for the last checkpoint of a step.

    Args:
        name: Name of the step.
    """
    return f'{{{name}.checkpoint}}'


def folder_of(name: str) -> str:
    """Return the text that stands for the folder of a step.

    Args:
        name: Name of the step.
    """
    return f'{{{name}.folder}}'


def value_of(name: str, key: str) -> str:
    """Return the text that stands for a config value that a step chose.

    Args:
        name: Name of the step.
        key: The config key, such as ``'model.decode_head.gamma'``.
    """
    return f'{{{name}.value:{key}}}'


@dataclass(frozen=True)
class Step:
    """One call of one command.

    Text anywhere in ``config`` and ``arguments`` may hold what
    :func:`checkpoint_of`, :func:`folder_of` and :func:`value_of` return for
    an earlier step, and ``{folder}``, the step's own folder. ``arguments``
    may also hold ``{seed}`` and, in a final step, ``{results}``, the file of
    all records.

    Attributes:
        name: Name of the step, which begins the name of its folder.
        command: A subcommand of ``mmseg-zeroshot``, such as ``'train'``.
        config: Its whole config, plain values; None for a command without.
        load: Earlier step whose checkpoint it tests or reads; a training
            names its start by ``load_from`` in the config.
        arguments: More arguments of the command.
        seeded: Run for each seed, or once for all of them.
        final: Run once, after all seeds.
        report: Whether its results are a row of the table.
        modules: Files of the experiment's own modules, by module, where the
            config takes a part of one.
    """

    name: str
    command: str
    config: ConfigPart | None = field(default=None, repr=False)
    load: str = ''
    arguments: tuple[str, ...] = ()
    seeded: bool = True
    final: bool = False
    report: bool = False
    modules: Mapping[str, tuple[Path, ...]] = field(
        default_factory=dict, repr=False)

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the steps that it takes something from, each once."""
        found = [match[1] for text in (*texts(self.config), *self.arguments)
                 for match in REFERENCE.finditer(text)]
        return tuple(dict.fromkeys([self.load, *found] if self.load
                                   else found))


def texts(value: ConfigValue) -> Iterator[str]:
    """Yield every text in a nested value.

    Args:
        value: Dicts, lists and tuples, nested, of anything.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts(item)


def replace_texts(value: ConfigValue,
                  change: Callable[[str], ConfigValue]) -> ConfigValue:
    """Return a copy of a nested value with every text changed.

    Args:
        value: Dicts, lists and tuples, nested, of anything.
        change: Returns what stands in the place of a text.
    """
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: replace_texts(item, change)
                for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(replace_texts(item, change) for item in value)
    return value
