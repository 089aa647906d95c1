"""Segmentors."""
from .multi_scale import MultiScaleEncoderDecoder, MultiScaleZeroShotSegmentor
from .zero_shot_segmentor import ZeroShotSegmentor

__all__ = [
    'MultiScaleEncoderDecoder', 'MultiScaleZeroShotSegmentor',
    'ZeroShotSegmentor'
]
