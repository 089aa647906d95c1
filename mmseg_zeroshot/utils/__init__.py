"""Helpers that every room may use and that use none of ours."""
from .calibration import (
                          MASKED_LOGIT,
                          calibrated_prediction,
                          check_gamma,
                          mask_classes,
)
from .io import atomic_write

__all__ = [
    'MASKED_LOGIT', 'atomic_write', 'calibrated_prediction', 'check_gamma',
    'mask_classes'
]
