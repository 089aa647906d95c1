"""Pseudo-labels of a config's images, made by its model."""
from .run import pseudo_label
from .settings import Settings, read_settings

__all__ = ['Settings', 'pseudo_label', 'read_settings']
