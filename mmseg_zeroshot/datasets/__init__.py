"""Data sets for zero-shot training and evaluation."""
from .compositions_dataset import CompositionsDataset
from .dense_compositions_dataset import DenseCompositionsDataset
from .feature_bank import FeatureBank, FeatureBankDataset, build_feature_bank
from .graph_context import GraphBankDataset, GraphLayoutDataset
from .region_graphs import RegionGraph, region_graph
from .self_training import PseudoLabels
from .transforms import CheckedLoading, HideLabels
from .zero_shot_dataset import ZeroShotDataset

__all__ = [
    'CheckedLoading', 'CompositionsDataset', 'DenseCompositionsDataset',
    'FeatureBank', 'FeatureBankDataset', 'GraphBankDataset',
    'GraphLayoutDataset', 'HideLabels', 'PseudoLabels', 'RegionGraph',
    'ZeroShotDataset', 'build_feature_bank', 'region_graph'
]
