"""Generators of pixel features from class vectors."""
from .gmmn import GMMNGenerator
from .wgan import FeatureCritic, WGANGenerator

__all__ = ['FeatureCritic', 'GMMNGenerator', 'WGANGenerator']
