"""Write a page of the API reference for every room of the package.

A package that exports names (``__all__``) is documented by them, less what
the package above it exports as well; one that exports none, by its modules.
The pages go to ``api/generated`` and are made anew by every build.
"""
from __future__ import annotations

import ast
from pathlib import Path

from sphinx.application import Sphinx

PACKAGE = 'mmseg_zeroshot'


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx when to write the pages."""
    app.connect('builder-inited', write_pages)
    return dict(parallel_read_safe=True, parallel_write_safe=True)


def write_pages(app: Sphinx) -> None:
    """Write the pages that changed, remove those of rooms that are gone."""
    source = Path(app.srcdir)
    folder = source / 'api' / 'generated'
    folder.mkdir(exist_ok=True)
    pages = {f'{name}.rst': room_page(name, source.parent)
             for name in rooms(source.parent)}
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
    """Return the page of a package, in reStructuredText."""
    names = exported(name, root)
    lines = [f'{name}', '=' * len(name), '', f'.. automodule:: {name}']
    if names:
        lines += ['   :members:', '   :imported-members:']
        above = exported(name.rpartition('.')[0], root)
        if doubled := sorted(names & above):
            lines += [f'   :exclude-members: {", ".join(doubled)}']
        return '\n'.join([*lines, ''])
    for module in modules(name, root):
        lines += ['', module, '-' * len(module), '',
                  f'.. automodule:: {module}', '   :members:']
    return '\n'.join([*lines, ''])


def exported(name: str, root: Path) -> set[str]:
    """Return the names in a package's ``__all__``, without importing it."""
    path = root.joinpath(*name.split('.'), '__init__.py')
    if not name or not path.is_file():
        return set()
    for node in ast.parse(path.read_text('utf-8')).body:
        if isinstance(node, ast.Assign) and any(
                getattr(target, 'id', '') == '__all__'
                for target in node.targets):
            return set(ast.literal_eval(node.value))
    return set()


def modules(name: str, root: Path) -> list[str]:
    """Return the public modules of a package, by dotted name."""
    return [f'{name}.{path.stem}' for path in sorted(
        root.joinpath(*name.split('.')).glob('*.py'))
        if not path.stem.startswith('_')]
