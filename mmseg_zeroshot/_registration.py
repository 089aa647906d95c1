"""How the package's types get into MMSegmentation's registries.

``import mmseg_zeroshot`` is cheap: it loads neither PyTorch nor mmseg. Still a
config with ``custom_imports = dict(imports=['mmseg_zeroshot'])`` finds every
type, also where the package was imported long before (then Python does not
run it a second time, so its import cannot be what registers the types).

Whoever looks a type up has imported ``mmseg.registry``. There are two cases:

- It is imported already: :mod:`mmseg_zeroshot.registered` is imported at once.
- It is not: an import hook waits for it. The types cannot be imported right
  then, because mmseg is in the middle of its own import. MMEngine's own way
  to put that off is used: a registry imports its ``locations`` before the
  first lookup, and ours becomes one of them.

An entry of ``locations`` is the only thing of MMEngine that is used here and
that its interface does not offer after a registry is made. Both stacks name it
alike (``_locations``), and tests fail if one renames it.
"""
from __future__ import annotations

import importlib
import sys
from types import ModuleType

from ._imports import after_import

LOCATION = 'mmseg_zeroshot.registered'
REGISTRY = 'mmseg.registry'
SAMPLERS = 'DATA_SAMPLERS'
"""mmseg has none of its own, and so no place to import them from."""


def register() -> None:
    """Register the types, now or before the first lookup."""
    if REGISTRY in sys.modules:
        importlib.import_module(LOCATION)
    else:
        after_import(REGISTRY, add_location)


def add_location(registry: ModuleType) -> None:
    """Let mmseg's registries import our types before their first lookup.

    Args:
        registry: The module ``mmseg.registry``.
    """
    from mmengine.registry import Registry

    for name, entry in vars(registry).items():
        # Another without locations imports all of mmseg by another rule, and
        # nothing of ours is in it.
        if isinstance(entry, Registry) and (
                entry._locations or name == SAMPLERS):
            entry._locations = [*entry._locations, LOCATION]
