"""Graphs of regions for the generator with context: stored or laid out."""
from .graph_bank_dataset import GraphBankDataset
from .graph_layout_dataset import GraphLayoutDataset

__all__ = ['GraphBankDataset', 'GraphLayoutDataset']
