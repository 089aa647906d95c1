"""Networks: heads, segmentors, backbones, generators and losses."""
from .decode_heads import BaseZeroShotHead, SemanticProjectionHead
from .segmentors import ZeroShotSegmentor

__all__ = ['BaseZeroShotHead', 'SemanticProjectionHead', 'ZeroShotSegmentor']
