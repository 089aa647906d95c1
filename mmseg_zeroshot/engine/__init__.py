"""Checks and records of a run."""
from .hooks import (
    ConsistencyHook,
    LabelLeakHook,
    RecursionHook,
    StageStartHook,
    ZeroShotResultsHook,
)

__all__ = [
    'ConsistencyHook', 'LabelLeakHook', 'RecursionHook', 'StageStartHook',
    'ZeroShotResultsHook'
]
