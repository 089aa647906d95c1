"""Pseudo-labels of unlabelled pixels, made by a model for a training."""
from .training import PseudoLabels

__all__ = ['PseudoLabels']
