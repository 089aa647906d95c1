"""The embedded data sets: drawn images of objects that words name."""
from .datasets import CompositionsDataset, DenseCompositionsDataset

__all__ = ['CompositionsDataset', 'DenseCompositionsDataset']
