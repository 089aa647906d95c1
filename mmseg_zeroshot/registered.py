"""Importing this module registers every type of the package.

Nobody has to import it: see `_registration`.
"""
from . import datasets, engine, evaluation, models, visualization
from .evaluation import zero_shot_iou_metric

__all__ = ['datasets', 'engine', 'evaluation', 'models', 'visualization',
           'zero_shot_iou_metric']
