"""Checks and records of a run."""
from .hooks import ConsistencyHook, LabelLeakHook, ZeroShotResultsHook

__all__ = ['ConsistencyHook', 'LabelLeakHook', 'ZeroShotResultsHook']
