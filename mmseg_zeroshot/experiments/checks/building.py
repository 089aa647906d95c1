"""Building parts of configs, and finding the key that cannot be built."""
from __future__ import annotations

import copy
import inspect
import logging
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from mmengine.config import ConfigDict
from mmengine.registry import Registry

from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigValue

from .finding import Finding
from .subject import Subject, text_of

_UNEXPECTED = re.compile(r"unexpected keyword argument '(\w+)'")


class Failed(NamedTuple):
    """Why a part of a config cannot be built.

    Attributes:
        key: The config key, as deep as it can be told.
        value: The value there.
        error: What was raised.
        known: Names that could have been meant in the place of the key's
            last part, or of the value.
    """

    key: str
    value: ConfigValue
    error: Exception
    known: tuple[str, ...] = ()


def build_part(make: Callable[[], Any], key: str,
               config: ConfigValue) -> tuple[Any, Failed | None]:
    """Build a part of a config.

    Args:
        make: Builds it.
        key: Its config key.
        config: The value there.

    Returns:
        What was built, and None; or None, and why it cannot be built.
    """
    try:
        with silence():
            return make(), None
    # Constructors of any network, transform or hook may raise anything.
    except Exception as error:
        return None, _locate(error, key, config)


class UnknownArgument(TypeError):
    """An argument that a class does not take, in Python's own words.

    Args:
        name: The argument.
        known: Those that it takes.
    """

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f'got an unexpected keyword argument {name!r}')
        self.known = tuple(known)


class Failures:
    """Collects what cannot be built; what fails alike is one finding."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], tuple[Failed, list[str]]] = {}

    def add(self, steps: Sequence[str], failed: Failed) -> None:
        """Add a part that cannot be built.

        Args:
            steps: Names of the steps that have the part.
            failed: Why.
        """
        key = (failed.key, repr(failed.value), str(failed.error))
        names = self._found.setdefault(key, (failed, []))[1]
        names += [step for step in steps if step not in names]

    def findings(self, subject: Subject) -> list[Finding]:
        """Return one finding for each different failure.

        Args:
            subject: What is checked.
        """
        return [_finding(subject, steps, failed)
                for failed, steps in self._found.values()]


def _finding(subject: Subject, steps: Sequence[str],
             failed: Failed) -> Finding:
    error = failed.error
    name = failed.key.rpartition('.')[2]
    if _UNEXPECTED.search(str(error)):
        what = f'unknown argument {name!r}'
    elif name == 'type' and isinstance(error, (KeyError, ImportError)):
        what = f'unknown type {failed.value!r}'
    else:
        what = f'it cannot be built, {_text(error)}'
    meant = hint(str(failed.value if name == 'type' else name),
                 failed.known) if failed.known else ''
    return Finding(
        'error', subject.place(steps, failed.key), what.rstrip('.'),
        meant.strip().rstrip('.') or 'change it in the experiment file: in '
        'options, stages or the key that it comes from',
        text_of(failed.value))


def as_config(config: ConfigPart) -> ConfigDict:
    """Return a copy of a config in the form that constructors expect.

    Some of mmseg's set keys of nested configs as attributes.

    Args:
        config: Plain values.
    """
    return ConfigDict(copy.deepcopy(dict(config)))


@contextmanager
def silence() -> Iterator[None]:
    """Keep builders from printing and warning: errors are what counts."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            yield
    finally:
        logging.disable(before)


def check_arguments(kind: Callable[..., object], given: ConfigPart,
                    filled: Sequence[str] = ()) -> None:
    """Compare arguments with a signature, where nothing can be built.

    Args:
        kind: The class or function.
        given: Arguments by name.
        filled: Names of what a runner gives it.

    Raises:
        TypeError: An argument is unknown, missing, or text where a number is
            expected.
    """
    signature = inspect.signature(kind)
    known = _names(kind)
    for name in given:
        if known and name not in known:
            raise UnknownArgument(name, known)
    signature.bind(**dict.fromkeys(filled), **given)
    for name, value in given.items():
        parameter = signature.parameters.get(name)
        if parameter is None or not isinstance(value, str):
            continue
        numeric = isinstance(parameter.default, (int, float)) or (
            str(parameter.annotation).removeprefix("<class '").rstrip("'>")
            in ('int', 'float'))
        if numeric and not _is_number(value):
            raise TypeError(f'{name} must be a number, got {value!r}')


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _locate(error: Exception, key: str, config: ConfigValue) -> Failed:
    """Find the innermost config that was being built when it failed."""
    frame = _innermost(error)
    built = frame.get('cfg')
    place, value = key, config
    if isinstance(built, Mapping):
        found = _find(config, built, key)
        if found:
            place, value = found
    kind = frame.get('obj_cls')
    if kind is None and isinstance(built, Mapping) and isinstance(
            error, KeyError):
        return Failed(f'{place}.type', built.get('type'), error,
                      _types(frame.get('registry')))
    argument = _argument(error, kind, value)
    if argument:
        known = (error.known if isinstance(error, UnknownArgument) else
                 _names(kind) if _UNEXPECTED.search(str(error)) else ())
        return Failed(f'{place}.{argument}', value[argument], error, known)
    return Failed(place, value, error)


def _types(registry: Registry | None) -> tuple[str, ...]:
    """Return the names in a registry and those above it."""
    names: list[str] = []
    while registry is not None:
        names += getattr(registry, 'module_dict', ())
        registry = getattr(registry, 'parent', None)
    return tuple(names)


def _names(kind: Callable[..., object] | None) -> tuple[str, ...]:
    """Return the arguments of a class, none if it passes them on."""
    if kind is None:
        return ()
    parameters = inspect.signature(kind).parameters.values()
    if any(p.kind == p.VAR_KEYWORD for p in parameters):
        return ()
    return tuple(p.name for p in parameters)


def _innermost(error: BaseException | None) -> dict[str, Any]:
    """Return the variables of the innermost call of MMEngine's builder."""
    found: dict[str, Any] = {}
    while error is not None:
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_name == 'build_from_cfg':
                found = trace.tb_frame.f_locals
            trace = trace.tb_next
        # Upstream's builder raises anew at every level.
        error = error.__context__
    return found


def _find(config: ConfigValue, built: ConfigPart,
          key: str) -> tuple[str, ConfigValue] | None:
    """Find a dict that was built, perhaps with more arguments, in another."""
    if isinstance(config, Mapping):
        if 'type' in config and all(
                name in built and _same(built[name], value)
                for name, value in config.items() if name != 'init_cfg'):
            return key, config
        items: Iterator[tuple[Any, Any]] = iter(config.items())
    elif isinstance(config, (list, tuple)):
        items = iter(enumerate(config))
    else:
        return None
    places = (_find(item, built, f'{key}.{name}') for name, item in items)
    return next((place for place in places if place), None)


def _same(one: object, other: object) -> bool:
    # What holds other parts may have been built before.
    return one == other or isinstance(one, (Mapping, list, tuple))


def _argument(error: Exception, kind: ConfigValue, value: ConfigValue
              ) -> str:
    """Return the argument that an error is about, empty if none is named."""
    if not isinstance(value, Mapping):
        return ''
    unexpected = _UNEXPECTED.search(str(error))
    if unexpected:
        return unexpected[1] if unexpected[1] in value else ''
    named = [name for name in value if name != 'type'
             and re.search(rf'(?<![\w.]){re.escape(name)}(?![\w.])',
                           str(error))]
    if len(named) == 1:
        return named[0]
    return _text_for_number(kind, value)


def _text_for_number(kind: ConfigValue, value: ConfigPart) -> str:
    """Return the one argument that is text where a number is expected."""
    try:
        parameters = inspect.signature(kind).parameters
    except (TypeError, ValueError):
        return ''
    found = [
        name for name, given in value.items()
        if isinstance(given, str) and name in parameters and not isinstance(
            parameters[name].default, (str, type(None), bool))
        and name != 'type'
    ]
    return found[0] if len(found) == 1 else ''


def _text(error: Exception) -> str:
    message = str(error.args[0] if isinstance(error, KeyError)
                  and error.args else error).strip()
    kind = type(error).__name__
    return f'{kind}: {message}' if message else kind
