"""Checks and records of a run."""
from . import hooks
from .hooks import *

__all__ = [*hooks.__all__]
