"""Where the files that belong to the package, but not into it, are."""
from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def project_root() -> Path:
    """Return the folder that holds ``configs`` and ``tools``.

    That is the checkout or, of an installed wheel, the folder ``.mim`` in the
    package.
    """
    installed = _PACKAGE / '.mim'
    return installed if installed.is_dir() else _PACKAGE.parent
