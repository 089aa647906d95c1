"""Numbers of bytes as text."""
from __future__ import annotations


def readable_size(size: float) -> str:
    """Return a number of bytes as text, such as ``'1.5 MB'``.

    Args:
        size: The number.
    """
    value = float(size)
    for unit in ('B', 'kB', 'MB'):
        if value < 1000:
            return f'{value:.3g} {unit}'
        value /= 1000
    return f'{value:.1f} GB'
