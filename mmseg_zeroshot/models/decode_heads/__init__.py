"""Decode heads: a host's pixel features under a zero-shot classifier."""
from .base_zero_shot_head import BaseZeroShotHead
from .semantic_projection_head import SemanticProjectionHead

__all__ = ['BaseZeroShotHead', 'SemanticProjectionHead']
