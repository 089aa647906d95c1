"""Acts once another package's module is imported, without importing it."""
from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


def after_import(name: str, act: Callable[[ModuleType], object]) -> None:
    """Call a function with a module: now, or right after its import.

    Args:
        name: The module's whole name.
        act: Takes the module. What imports the module may be in the middle
            of its own import then.
    """
    if name in sys.modules:
        act(sys.modules[name])
    else:
        sys.meta_path.insert(0, _AfterImport(name, act))


class _AfterImport(MetaPathFinder):
    """Finds one module by the other finders, and extends what runs it."""

    def __init__(self, name: str,
                 act: Callable[[ModuleType], object]) -> None:
        self._name, self._act = name, act

    def find_spec(self, fullname: str, path: Sequence[str] | None,
                  target: ModuleType | None = None) -> ModuleSpec | None:
        """Return the module's spec; None for any other module."""
        if fullname != self._name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def run_and_act(module: ModuleType) -> None:
            run(module)
            self._act(module)

        spec.loader.exec_module = run_and_act  # type: ignore[method-assign]
        return spec
