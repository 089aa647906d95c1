"""The hook that stops a run whose parts do not belong together."""
from .hook import ConsistencyHook

__all__ = ['ConsistencyHook']
