"""Networks: heads, segmentors, backbones, generators and losses."""
from . import backbones, data_preprocessor, generators, losses
from .decode_heads import (
                           BaseZeroShotHead,
                           DeViSEHead,
                           GeneratorRetrainedHead,
                           ReleasedRetrainedHead,
                           SemanticProjectionHead,
)
from .feature_sets import FeatureSets, gather_feature_sets
from .segmentors import ZeroShotSegmentor

__all__ = [
    'BaseZeroShotHead', 'DeViSEHead', 'FeatureSets', 'GeneratorRetrainedHead',
    'ReleasedRetrainedHead', 'SemanticProjectionHead', 'ZeroShotSegmentor',
    'backbones', 'data_preprocessor', 'gather_feature_sets', 'generators',
    'losses'
]
