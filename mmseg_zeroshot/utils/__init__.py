"""Helpers that every room may use and that use none of ours."""
from .calibration import (
                          MASKED_LOGIT,
                          best_pair,
                          calibrated_prediction,
                          check_gamma,
                          in_parts,
                          mask_classes,
)
from .io import atomic_write

__all__ = [
    'MASKED_LOGIT', 'atomic_write', 'best_pair', 'calibrated_prediction',
    'check_gamma', 'in_parts', 'mask_classes'
]
