"""Write a page of the API reference for every room of the package.

A package that exports names (``__all__``) is documented by them, less what
the package above it exports as well; one that exports none, by its modules.
The subcommands are documented by the texts that their ``--help`` prints. The
pages go to ``api/generated`` and are made anew by every build.
"""
from __future__ import annotations

import ast
import importlib
from pathlib import Path

from sphinx.application import Sphinx

PACKAGE = 'mmseg_zeroshot'
COMMANDS = f'{PACKAGE}.commands'


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx when to write the pages."""
    app.connect('builder-inited', write_pages)
    return dict(parallel_read_safe=True, parallel_write_safe=True)


def write_pages(app: Sphinx) -> None:
    """Write the pages that changed, remove those of rooms that are gone."""
    source = Path(app.srcdir)
    folder = source / 'api' / 'generated'
    folder.mkdir(exist_ok=True)
    pages = {f'{name}.rst': text for name in rooms(source.parent)
             if (text := room_page(name, source.parent))}
    for path in folder.glob('*.rst'):
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.is_file() or path.read_text('utf-8') != text:
            path.write_text(text, 'utf-8')


def rooms(root: Path) -> list[str]:
    """Return the public packages, by dotted name, the outermost first."""
    names = ['.'.join(path.parent.relative_to(root).parts)
             for path in (root / PACKAGE).rglob('__init__.py')]
    return sorted(name for name in names
                  if not any(part.startswith(('_', '.'))
                             for part in name.split('.')))


def room_page(name: str, root: Path) -> str:
    """Return the page of a package, in reStructuredText.

    Args:
        name: The package, by dotted name.
        root: The folder that it is in.

    Returns:
        The page; empty where the package above exports all its names.
    """
    if name == COMMANDS:
        return commands_page(root)
    names, above = exported(name), exported(name.rpartition('.')[0])
    if names and names <= above:
        return ''
    lines = [name, '=' * len(name), '', f'.. automodule:: {name}']
    if names:
        lines += ['   :members:', '   :imported-members:']
        if names & above:
            doubled = ', '.join(sorted(names & above))
            lines += [f'   :exclude-members: {doubled}']
        return '\n'.join([*lines, ''])
    for module in modules(name, root):
        lines += ['', module, '-' * len(module), '',
                  f'.. automodule:: {module}', '   :members:']
    return '\n'.join([*lines, ''])


def commands_page(root: Path) -> str:
    """Return the page of the subcommands: what each says of itself."""
    lines = ['Commands', '========', '',
             '``mmseg-zeroshot COMMAND --help`` has all options.']
    for module in modules(COMMANDS, root):
        title = module.rpartition('.')[2].replace('_', '-')
        source = root.joinpath(*module.split('.')).with_suffix('.py')
        said = ast.get_docstring(ast.parse(source.read_text('utf-8'))) or ''
        lines += ['', title, '-' * len(title), '', '.. code-block:: text', '']
        lines += [f'   {line}'.rstrip() for line in said.splitlines()]
    return '\n'.join([*lines, ''])


def exported(name: str) -> set[str]:
    """Return the names in a package's ``__all__``."""
    package = importlib.import_module(name) if name else None
    return set(getattr(package, '__all__', ()))


def modules(name: str, root: Path) -> list[str]:
    """Return the public modules of a package, by dotted name."""
    return [f'{name}.{path.stem}' for path in sorted(
        root.joinpath(*name.split('.')).glob('*.py'))
        if not path.stem.startswith('_')]
