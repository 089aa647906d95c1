"""Importing this module registers every type of the package.

Nobody has to import it: see `_registration`.
"""
from . import datasets, engine, evaluation, models, visualization
from .evaluation import zero_shot_iou_metric
from .utils.checkpoints import guard_engine

guard_engine()

__all__ = ['datasets', 'engine', 'evaluation', 'models', 'visualization',
           'zero_shot_iou_metric']
