"""Where automatic mixed precision runs."""
from __future__ import annotations

AMP = 'AmpOptimWrapper'
"""MMEngine's optimizer wrapper that ``--amp`` sets."""


def why_no_amp() -> str:
    """Say why this machine cannot train in mixed precision; '' if it can."""
    from mmengine import device

    # What the wrapper itself asks for.
    kinds = ('cuda', 'npu', 'mlu', 'musa')
    if any(getattr(device, f'is_{kind}_available')() for kind in kinds):
        return ''
    return (f'mixed precision (--amp, {AMP}) needs a GPU, and PyTorch finds '
            'none here')
