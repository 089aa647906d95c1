"""Data sets for zero-shot training and evaluation."""
from . import (
    compositions,
    feature_bank,
    graph_context,
    self_training,
    transforms,
)
from .compositions import *
from .feature_bank import *
from .graph_context import *
from .keyed_sampler import KeyedInfiniteSampler
from .region_graphs import RegionGraph, region_graph
from .self_training import *
from .transforms import *
from .zero_shot_dataset import ZeroShotDataset

__all__ = [
    'KeyedInfiniteSampler', 'RegionGraph', 'ZeroShotDataset', 'region_graph'
]
__all__ += compositions.__all__
__all__ += feature_bank.__all__
__all__ += graph_context.__all__
__all__ += self_training.__all__
__all__ += transforms.__all__
