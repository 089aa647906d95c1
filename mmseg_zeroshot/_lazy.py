"""Public names that are imported when they are first used (PEP 562)."""
from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping


def lazy_names(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return a package's ``__getattr__`` and ``__dir__``.

    Args:
        package: The package, its ``__name__``.
        modules: Public name -> module of the package that defines it. A name
            that stands for itself is a module.

    Examples:
        >>> __getattr__, __dir__ = lazy_names(__name__, {
        ...     'zero_shot_scores': 'scores', 'scores': 'scores'})
    """
    def find(name: str) -> object:
        if name not in modules:
            raise AttributeError(f'module {package!r} has no attribute '
                                 f'{name!r}')
        module = importlib.import_module(f'{package}.{modules[name]}')
        # The import machinery sets modules as attributes by itself.
        return module if name == modules[name] else getattr(module, name)

    return find, lambda: sorted(modules)
