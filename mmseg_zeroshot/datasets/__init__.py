"""Data sets for zero-shot training and evaluation."""
from .compositions_dataset import CompositionsDataset
from .feature_bank import FeatureBank
from .feature_bank_builder import build_feature_bank
from .feature_bank_dataset import FeatureBankDataset
from .transforms import CheckedLoading, HideLabels
from .zero_shot_dataset import ZeroShotDataset

__all__ = [
    'CheckedLoading', 'CompositionsDataset', 'FeatureBank',
    'FeatureBankDataset', 'HideLabels', 'ZeroShotDataset',
    'build_feature_bank'
]
