"""Generators of pixel features from class vectors."""
from .gmmn import GMMNGenerator
from .graph_gmmn import GraphGMMNGenerator, normalized_adjacency
from .wgan import FeatureCritic, WGANGenerator

__all__ = [
    'FeatureCritic', 'GMMNGenerator', 'GraphGMMNGenerator', 'WGANGenerator',
    'normalized_adjacency'
]
