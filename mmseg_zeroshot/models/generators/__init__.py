"""Generators of pixel features from class vectors."""
from .base import BaseGenerator, Classifier, ClassLosses
from .gmmn import GMMNGenerator
from .graph_gmmn import GraphGMMNGenerator, normalized_adjacency
from .mlp import MLPGenerator
from .wgan import FeatureCritic, WGANGenerator

__all__ = [
    'BaseGenerator', 'ClassLosses', 'Classifier', 'FeatureCritic',
    'GMMNGenerator', 'GraphGMMNGenerator', 'MLPGenerator', 'WGANGenerator',
    'normalized_adjacency'
]
