"""Helpers that every room may use and that use none of ours.

Only `calibration` and `feature_settings` need PyTorch, so it is imported when
they are used.
"""
from typing import TYPE_CHECKING

from mmseg_zeroshot._lazy import lazy_names

from .calibration_rules import MASKED_LOGIT, check_gamma
from .command_line import exit_code, resumable_exit_code
from .io import atomic_write, file_sha256

if TYPE_CHECKING:
    from .calibration import (
        best_pair,
        calibrated_prediction,
        in_parts,
        mask_classes,
    )
else:
    __getattr__, __dir__ = lazy_names(__name__, dict.fromkeys((
        'best_pair', 'calibrated_prediction', 'in_parts', 'mask_classes'),
        'calibration'))

__all__ = [
    'MASKED_LOGIT', 'atomic_write', 'best_pair', 'calibrated_prediction',
    'check_gamma', 'exit_code', 'file_sha256', 'in_parts', 'mask_classes',
    'resumable_exit_code'
]
