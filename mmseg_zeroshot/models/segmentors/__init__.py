"""Segmentors."""
from .zero_shot_segmentor import ZeroShotSegmentor

__all__ = ['ZeroShotSegmentor']
