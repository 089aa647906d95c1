"""The code that an experiment brings along, as far as a step runs it."""
from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mmseg_zeroshot.utils.typing_utils import ConfigValue


def module_files(name: str, place: Path) -> tuple[Path, ...]:
    """Return the files of a module, without importing it.

    Args:
        name: The module's name, such as ``'my_method'``.
        place: Folder that it is looked for in.

    Returns:
        Its file, or all Python files of a package; none where the module is
        not in the folder, but an installed one.
    """
    path = place.joinpath(*name.split('.'))
    if path.with_suffix('.py').is_file():
        return (path.with_suffix('.py'), )
    return tuple(sorted(path.rglob('*.py')))


def modules_in_use(names: Sequence[str], place: Path,
                   config: ConfigValue) -> dict[str, tuple[Path, ...]]:
    """Return the files of all modules, where a config takes a part of one.

    A part is what ``type`` names, such as a head. The plain network takes
    none: a change of a head does not train it again.

    Args:
        names: Modules that an experiment imports.
        place: Folder that they are looked for in.
        config: A config, or dicts, lists and tuples, nested, of anything.

    Returns:
        Files by module: of all, since one may build on another. Nothing if
        the config takes no part of any.
    """
    files = {name: found for name in names
             if (found := module_files(name, place))}
    parts = {name for found in files.values() for path in found
             for name in _names_in(path)}
    return files if parts.intersection(_types(config)) else {}


def _names_in(path: Path) -> Iterator[str]:
    """Yield what a file may register: its classes, functions and aliases."""
    for node in ast.walk(ast.parse(path.read_text('utf-8'), str(path))):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            yield node.name
        elif isinstance(node, ast.Call) and isinstance(
                node.func, ast.Attribute) and (
                node.func.attr == 'register_module'):
            yield from (part.value for part in ast.walk(node)
                        if isinstance(part, ast.Constant)
                        and isinstance(part.value, str))


def _types(config: ConfigValue) -> Iterator[str]:
    """Yield what ``type`` names anywhere in a config, without a scope."""
    if isinstance(config, Mapping):
        if isinstance(config.get('type'), str):
            yield config['type'].rpartition('.')[2]
        for value in config.values():
            yield from _types(value)
    elif isinstance(config, (list, tuple)):
        for value in config:
            yield from _types(value)
