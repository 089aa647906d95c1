"""Decode heads: a host's pixel features under a zero-shot classifier."""
from .base_zero_shot_head import BaseZeroShotHead
from .deeplabv2_head import DeepLabV2Head
from .devise_head import DeViSEHead
from .generator_retrained_head import GeneratorRetrainedHead
from .graph_retrained_head import GraphRetrainedHead
from .released_retrained_head import ReleasedRetrainedHead
from .retrained_head import RetrainedHead
from .semantic_projection_head import SemanticProjectionHead

__all__ = [
    'BaseZeroShotHead', 'DeViSEHead', 'DeepLabV2Head',
    'GeneratorRetrainedHead', 'GraphRetrainedHead', 'ReleasedRetrainedHead',
    'RetrainedHead', 'SemanticProjectionHead'
]
