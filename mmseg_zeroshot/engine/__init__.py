"""Checks and records of a run."""
from .hooks import (
    ConsistencyHook,
    LabelLeakHook,
    StageStartHook,
    ZeroShotResultsHook,
)

__all__ = [
    'ConsistencyHook', 'LabelLeakHook', 'StageStartHook', 'ZeroShotResultsHook'
]
