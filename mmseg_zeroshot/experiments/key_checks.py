"""What the keys of an experiment file may hold, and which go together."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigValue

from .config_files import configs_folder, is_config

Test = Callable[[ConfigValue], bool]


class Kind(NamedTuple):
    """What a value must be.

    Attributes:
        fits: Whether a value is so.
        text: The same in words.
    """

    fits: Test
    text: str


class Conflict(NamedTuple):
    """A key that what others name brings along.

    Attributes:
        key: The key.
        found: Whether the file has what does not go with it.
        reason: What that is, and why.
    """

    key: str
    found: Callable[[ConfigPart], bool]
    reason: str


def _is(*types: type) -> Test:
    return lambda value: isinstance(value, types)


def _one_of(*values: str) -> Kind:
    return Kind(lambda value: value in values,
                ' or '.join(map(repr, values)))


def _each(fits: Test) -> Test:
    return lambda value: (isinstance(value, (list, tuple))
                          and all(map(fits, value)))


def _by_name(fits: Test) -> Test:
    return lambda value: (
        isinstance(value, Mapping) and all(map(_TEXT.fits, value))
        and all(map(fits, value.values())))


def _either(*tests: Test) -> Test:
    return lambda value: any(fits(value) for fits in tests)


def _is_length(value: object) -> bool:
    return type(value) is int and value > 0


def _is_gamma(value: ConfigValue) -> bool:
    return value is None or (
        type(value) in (int, float) and 0 <= value <= 1)


_TEXT = Kind(_is(str), 'a text')
_TEXTS = _each(_is(str))
_MAPPING = _is(Mapping)
KINDS: dict[str, Kind] = dict(
    data=Kind(_either(_is(str, type(None)), _MAPPING),
              "a name, or dict(root='...', classes=[...])"),
    split=Kind(_either(_is(str), _MAPPING),
               'a name, or dict(unseen=[...])'),
    words=Kind(_either(_is(str), lambda value: bool(value)
                       and _TEXTS(value)),
               'a table or file, or a list of them'),
    network=_TEXT, schedule=_TEXT, base=_TEXT, dataset=_TEXT, begin=_TEXT,
    mode=_one_of('ignore', 'drop'),
    recipe=Kind(lambda value: value in _recipes(),
                "a file of configs/_base_/recipes, such as 'strict'"),
    iterations=Kind(_either(_is_length, _by_name(_is_length)),
                    'a positive whole number, or such numbers by step as in '
                    'dict(seen=600)'),
    stages=Kind(_by_name(_MAPPING),
                'arguments by stage, as in dict(bank=dict(max_vectors=64))'),
    options=Kind(_by_name(_by_name(lambda value: True)),
                 "config keys by step: write those of all steps under 'all', "
                 "as in dict(all={'optim_wrapper.optimizer.lr': 0.01})"),
    gamma=Kind(_by_name(_is_gamma),
               'a number from 0 to 1 or None by method, as in '
               'dict(spnet=0.2)'),
    seen_once=Kind(_is(bool), 'True or False'),
    start=_one_of('seen', 'backbone'),
    imports=Kind(_TEXTS, "a list of modules, such as ['my_method']"),
    variant=Kind(_by_name(lambda value: True),
                 "values by name, as in dict(network='SegFormer')"),
    splits=Kind(_TEXTS, 'a list of names'),
)
"""Every key that a file may have, but those that MMEngine reads."""


def _recipes() -> list[str]:
    folder = configs_folder() / '_base_' / 'recipes'
    return sorted(path.stem for path in folder.glob('*.py'))


def _has_base(values: ConfigPart) -> bool:
    return bool(values.get('base'))


def _has_whole_network(values: ConfigPart) -> bool:
    return is_config(values.get('network', ''))


def _has_other_data(values: ConfigPart) -> bool:
    """Whether a whole mmseg config and another named data set are there."""
    return (_has_whole_network(values) and isinstance(values['data'], str)
            and values['data'] != values['network'])


_OF_BASE = 'a base config brings its own'
CONFLICTS = (
    *(Conflict(key, _has_base, f"{_OF_BASE}: leave out {key!r} or 'base'")
      for key in ('data', 'network', 'schedule', 'mode')),
    Conflict('schedule', _has_whole_network,
             'a network that is an mmseg config brings its own: leave out '
             "'schedule'"),
    Conflict('data', _has_other_data,
             'a network that is an mmseg config brings its own data set: '
             "leave out 'data', or describe a folder of images there"),
)
"""Keys that would be read by nobody."""


def check_kinds(values: ConfigPart, path: Path) -> None:
    """Check the type and range of every key of an experiment file.

    Args:
        values: Its keys, all of them known.
        path: The file.

    Raises:
        ValueError: A value is none that its key may have.
    """
    for key, value in values.items():
        kind = KINDS[key]
        if not kind.fits(value):
            raise ValueError(f'{path}: {key} is {kind.text}, got {value!r}')


def check_together(values: ConfigPart, path: Path) -> None:
    """Check that an experiment file has what it needs, and no more.

    Args:
        values: Its keys, each of the right type.
        path: The file.

    Raises:
        ValueError: A key is missing, or would change nothing.
    """
    for key, found, reason in CONFLICTS:
        if values.get(key) and found(values):
            raise ValueError(f'{path}: {key} = {values[key]!r} changes '
                             f'nothing, because {reason}')
    for key, text in _missing(values).items():
        raise ValueError(f'{path} has no {key!r}: {text}')


def _missing(values: ConfigPart) -> dict[str, str]:
    """Return what is missing, and what to write."""
    needed = dict(
        split='name a shipped split, or write split = dict(unseen=[...])')
    if not _has_base(values):
        needed['network'] = ('name a file of configs/_base_/models, or an '
                             'mmseg config')
        if not _has_whole_network(values):
            needed['data'] = ("write data = dict(root='...', classes=[...]), "
                              'or name a data set')
    return {key: text for key, text in needed.items()
            if not values.get(key)}
