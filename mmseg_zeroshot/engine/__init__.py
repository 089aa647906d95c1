"""Checks and records of a run."""
from . import hooks
from .hooks import *
from .whole_files import WholeFileBackend

__all__ = [*hooks.__all__, 'WholeFileBackend']
