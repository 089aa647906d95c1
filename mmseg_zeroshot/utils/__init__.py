"""Helpers that every room may use and that use none of ours."""
from .calibration import (
    MASKED_LOGIT,
    best_pair,
    calibrated_prediction,
    check_gamma,
    in_parts,
    mask_classes,
)
from .command_line import exit_code, resumable_exit_code
from .io import atomic_write, file_sha256

__all__ = [
    'MASKED_LOGIT', 'atomic_write', 'best_pair', 'calibrated_prediction',
    'check_gamma', 'exit_code', 'file_sha256', 'in_parts', 'mask_classes',
    'resumable_exit_code'
]
