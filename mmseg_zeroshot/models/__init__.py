"""Networks: heads, segmentors, backbones, generators and losses."""
from . import (
    backbones,
    data_preprocessor,
    decode_heads,
    generators,
    losses,
    segmentors,
)
from .classifier_retraining import retrain_classifier
from .decode_heads import *
from .feature_sets import FeatureSets, gather_feature_sets
from .graph_sets import GraphDataPreProcessor, GraphSets
from .segmentors import *

__all__ = [
    'FeatureSets', 'GraphDataPreProcessor', 'GraphSets', 'backbones',
    'data_preprocessor', 'gather_feature_sets', 'generators', 'losses',
    'retrain_classifier'
]
__all__ += decode_heads.__all__
__all__ += segmentors.__all__
