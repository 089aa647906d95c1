"""Transforms that keep labels of unseen classes out of a pipeline."""
from .checked_loading import CheckedLoading
from .hide_labels import HideLabels
from .wide_annotations import LoadWideAnnotations

__all__ = ['CheckedLoading', 'HideLabels', 'LoadWideAnnotations']
