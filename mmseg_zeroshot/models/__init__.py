"""Networks: heads, segmentors, backbones, generators and losses."""
from . import backbones, data_preprocessor, generators, losses
from .classifier_retraining import retrain_classifier
from .decode_heads import (
                           BaseZeroShotHead,
                           DeepLabV2Head,
                           DeViSEHead,
                           GeneratorRetrainedHead,
                           GraphRetrainedHead,
                           ReleasedRetrainedHead,
                           RetrainedHead,
                           SemanticProjectionHead,
)
from .feature_sets import FeatureSets, gather_feature_sets
from .graph_sets import GraphDataPreProcessor, GraphSets
from .segmentors import (
                           MultiScaleEncoderDecoder,
                           MultiScaleZeroShotSegmentor,
                           ZeroShotSegmentor,
)

__all__ = [
    'BaseZeroShotHead', 'DeViSEHead', 'DeepLabV2Head', 'FeatureSets',
    'GeneratorRetrainedHead', 'GraphDataPreProcessor', 'GraphRetrainedHead',
    'GraphSets', 'MultiScaleEncoderDecoder', 'MultiScaleZeroShotSegmentor',
    'ReleasedRetrainedHead', 'RetrainedHead', 'SemanticProjectionHead',
    'ZeroShotSegmentor', 'backbones', 'data_preprocessor',
    'gather_feature_sets', 'generators', 'losses', 'retrain_classifier'
]
