"""Transforms that keep labels of unseen classes out of a pipeline."""
from .checked_loading import CheckedLoading
from .hide_labels import HideLabels

__all__ = ['CheckedLoading', 'HideLabels']
