"""Pixel features of a frozen network on disk: written once, read by stages."""
from .bank import FeatureBank
from .builder import build_feature_bank
from .dataset import FeatureBankDataset

__all__ = ['FeatureBank', 'FeatureBankDataset', 'build_feature_bank']
